"""Asking one database or all of a setting side by side; what fails is told of the one that failed."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from pydantic import Field, SecretStr

from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings
from aurora_rt.toolsets.databases.addresses import Kind, Watched, complaint, watched
from aurora_rt.toolsets.facts.databases import Refusal, Silent
from aurora_rt.toolsets.servers import meaning
from aurora_rt.toolsets.toolset import Health, Parameters, ToolFailed

MOST_SECONDS: Final = 8.0
"""For one database, whatever the setting allows: an investigation asks twice in a row and has to end."""
MOST_AT_ONCE: Final = 64

Told = TypeVar("Told")


class OfDatabase(Parameters):
    """Which database."""

    database: Annotated[str, Field(max_length=200)] = ""
    """Its configured name; empty: all of them."""


class Refused(Exception):
    """A database could not be asked. `reason` ends the sentence that begins with what it is and where."""

    def __init__(self, cause: Refusal, reason: str) -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answers(Generic[Told]):
    """What was told by those that answered, and who did not."""

    told: tuple[Told, ...]
    silent: tuple[Silent, ...]

    def text(self, shown: Sequence[str]) -> str:
        """The output of a look: each one that answered, then why others did not."""
        return "\n\n".join([*shown, *(one.reason for one in self.silent)])


def chosen(configured: Sequence[SecretStr], kind: Kind, name: str) -> tuple[Watched, ...]:
    """The databases that are asked for. Raises `ToolFailed` when there is none of that name."""
    reason = complaint(configured, kind)
    if reason is not None:
        raise ToolFailed(reason)
    every = watched(configured, kind)
    wanted = tuple(one for one in every if name in ("", one.name))
    if not wanted:
        known = ", ".join(one.name for one in every)
        raise ToolFailed(f"There is no {kind.what} called {name}; there are: {known}.")
    return wanted


def patience(settings: Settings) -> float:
    """Seconds for one database."""
    return min(settings.tool_timeout, MOST_SECONDS)


async def each(
    databases: Sequence[Watched], look: Callable[[Watched], Awaitable[Told]], seconds: float
) -> Answers[Told]:
    """Look at all of them side by side, `seconds` for each; `look` may raise `Refused`."""
    at_once = asyncio.Semaphore(MOST_AT_ONCE)

    async def one(database: Watched) -> Told | Silent:
        try:
            async with at_once, asyncio.timeout(seconds):
                return await look(database)
        except Refused as refused:
            reason = redacted(f"{database.at} {refused.reason}")
            return Silent(database=database.name, cause=refused.cause, reason=reason)
        except TimeoutError:
            reason = f"{database.at} did not answer within {seconds:g} s."
            return Silent(database=database.name, cause="slow", reason=reason)

    found = await asyncio.gather(*map(one, databases))
    return Answers(
        tuple(answer for answer in found if not isinstance(answer, Silent)),
        tuple(answer for answer in found if isinstance(answer, Silent)),
    )


async def health(
    configured: Sequence[SecretStr], kind: Kind, look: Callable[[Watched], Awaitable[object]], seconds: float
) -> Health:
    """Whether all databases of a setting answer."""
    try:
        databases = chosen(configured, kind, "")
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    answers = await each(databases, look, seconds)
    if answers.silent:
        return Health("unhealthy", " ".join(one.reason for one in answers.silent))
    names = ", ".join(f"{one.name} ({one.place})" for one in databases)
    return Health("healthy", f"{names} {'answers' if len(databases) == 1 else 'answer'}.")


def why(error: BaseException) -> str:
    """What an error says, on one line and cut."""
    return " ".join((str(error) or type(error).__name__).split())[:300].rstrip(".")


def unreachable(error: OSError) -> Refused:
    """For a connection that could not be made."""
    if isinstance(error, ssl.SSLError):
        return Refused("unreachable", f"cannot be reached with TLS: {why(error)}.")
    return Refused("unreachable", f"cannot be reached: {meaning(error)}.")
