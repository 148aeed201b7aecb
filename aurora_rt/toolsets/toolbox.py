"""The tools of one investigation: bound to its window, limited, numbered, and never raising."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError
from pydantic_core import to_json

from aurora_rt.clock import now
from aurora_rt.redaction import redacted, redacted_value
from aurora_rt.toolsets.legible import legible
from aurora_rt.toolsets.shared import SharedLooks, Taken
from aurora_rt.toolsets.toolset import (
    Access,
    Observation,
    Offer,
    Parameters,
    Seen,
    Tool,
    ToolFailed,
    Toolset,
    Window,
)

AT_ONCE = 6
OUTPUT_LIMIT = 64 * 1024
PARAMETER_LIMIT = 1000
CUT_NOTE = "\n… cut: the output was longer than is kept"

Begins = Callable[[str, Mapping[str, Any]], None]

log = structlog.get_logger(__name__)


def unheard(_: str, __: Mapping[str, Any]) -> None:
    """Nobody is told what is looked at."""


@dataclass(frozen=True, slots=True)
class _Look:
    """One call, before it is made."""

    name: str
    tool: Tool
    parameters: Parameters

    @property
    def shown(self) -> dict[str, Any]:
        return self.parameters.model_dump(mode="json")


def call_key(tool: str, parameters: Mapping[str, Any]) -> str:
    """A call in canonical form: two looks that ask for the same have the same key."""
    return f"{tool} {to_json(dict(sorted(parameters.items()))).decode()}"


def offers_of(toolset: Toolset) -> Iterator[Offer]:
    """The tools of a toolset, as whoever may call them is told."""
    for tool in toolset.tools:
        schema = tool.parameters.model_json_schema()
        yield Offer(f"{toolset.name}.{tool.name}", tool.description, schema, toolset.title, toolset.cost)


class Toolbox:
    """Implements `Looking`. A call is made once; asked again, also at the same time, it gives the same look.

    `number` gives each look its number within the incident. `recorded` are looks of an earlier run of the same
    investigation: they are given back without looking again. `shared` holds the looks that investigations share.
    `begins` is told of each look before it is taken.
    """

    def __init__(
        self,
        toolsets: Mapping[str, Toolset],
        access: Access,
        *,
        number: Callable[[], Awaitable[int]],
        recorded: Iterable[Observation] = (),
        shared: SharedLooks | None = None,
        begins: Begins = unheard,
    ) -> None:
        self._access = access
        self._begins = begins
        self._shared = shared or SharedLooks()
        self._number = number
        self._at_once = asyncio.Semaphore(AT_ONCE)
        if access.library is None:
            toolsets = {name: one for name, one in toolsets.items() if not one.needs_library}
        reasons = {
            name: access.withheld.get(name) or one.unusable(access.settings) or one.away()
            for name, one in toolsets.items()
        }
        self._unusable = {name: reason for name, reason in reasons.items() if reason is not None}
        usable = [one for one in toolsets.values() if one.name not in self._unusable]
        self._tools = {f"{toolset.name}.{tool.name}": tool for toolset in usable for tool in toolset.tools}
        self._usable = tuple(sorted(usable, key=lambda one: one.name))
        self._made = {call_key(one.tool, one.parameters): one for one in recorded}
        self._making: dict[str, asyncio.Lock] = {}

    @property
    def window(self) -> Window:
        """The stretch of time that is looked at."""
        return self._access.window

    @property
    def unusable(self) -> Mapping[str, str]:
        """Toolset → why it could not be used, in a sentence."""
        return self._unusable

    @property
    def offers(self) -> Sequence[Offer]:
        """The tools that can be called, in a steady order."""
        return [offer for toolset in self._usable for offer in offers_of(toolset)]

    def has(self, tool: str) -> bool:
        """Whether `toolset.tool` can be called."""
        return tool in self._tools

    async def look(self, tool: str, **parameters: object) -> Observation:
        """Call a tool. Never raises for what the tool meets: then the observation has an `error`."""
        look = self._prepared(tool, parameters)
        asked = redacted_value(look.shown if isinstance(look, _Look) else _plain(parameters))
        key = call_key(tool, asked)
        async with self._making.setdefault(key, asyncio.Lock()):
            if key not in self._made:
                self._made[key] = await self._make(tool, asked, look)
            return self._made[key]

    def _prepared(self, name: str, parameters: Mapping[str, object]) -> _Look | str:
        tool = self._tools.get(name)
        if tool is None:
            toolset = name.partition(".")[0]
            return self._unusable.get(toolset, f"There is no tool {name}.")
        try:
            return _Look(name, tool, tool.parameters.model_validate(_legible(parameters)))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            return f"{name} cannot be called so: {place + ': ' if place else ''}{first['msg']}."

    async def _make(self, tool: str, asked: Mapping[str, Any], look: _Look | str) -> Observation:
        if isinstance(look, _Look):
            self._begins(tool, asked)
        if isinstance(look, str):
            taken = Taken(Seen(command=tool, output=""), look, now(), 0.0)
        elif look.tool.fresh_for > 0:
            # Who may not run a command must not see what another organization's look with it showed; nor what was seen
            # with another's accounts.
            access = self._access
            key = f"{access.policy.fingerprint} {access.accounts} {call_key(tool, asked)}"
            taken = await self._shared.take(key, look.tool.fresh_for, lambda: self._timed(look))
        else:
            taken = await self._timed(look)
        return Observation(
            number=await self._number(),
            tool=tool,
            parameters=asked,
            command=fit(taken.seen.command),
            output=fit(taken.seen.output),
            executed_at=taken.at,
            seconds=taken.seconds,
            facts=taken.seen.facts,
            error=None if taken.error is None else fit(taken.error),
        )

    async def _timed(self, look: _Look) -> Taken:
        async with self._at_once:
            at, began = now(), time.monotonic()
            seen, error = await self._seen(look)
            return Taken(seen, error, at, time.monotonic() - began)

    async def _seen(self, look: _Look) -> tuple[Seen, str | None]:
        try:
            async with asyncio.timeout(look.tool.timeout):
                return await look.tool.run(look.parameters, self._access), None
        except ToolFailed as failed:
            return Seen(failed.command or look.name, failed.output), failed.reason
        except TimeoutError:
            return Seen(look.name, ""), f"{look.name} did not answer within {look.tool.timeout:.0f} s."
        except Exception as error:  # the outermost edge of a look: it must not stop the investigation
            log.error("tool_crashed", tool=look.name, exc_info=error)
            return Seen(look.name, ""), f"{look.name} failed unexpectedly ({type(error).__name__})."


def fit(text: str) -> str:
    """`text` as it may be kept and shown: bounded, legible, without secrets."""
    # Cut generously first, so that the work is bounded; and once more, after what is hidden is out.
    clean = redacted(legible(text[: 2 * OUTPUT_LIMIT]))
    return clean if len(clean) <= OUTPUT_LIMIT else clean[:OUTPUT_LIMIT] + CUT_NOTE


def _legible(parameters: Mapping[str, object]) -> dict[str, object]:
    return {name: legible(one) if isinstance(one, str) else one for name, one in parameters.items()}


def _plain(parameters: Mapping[str, object]) -> dict[str, Any]:
    """Parameters that a tool would not take, as they can be kept."""
    return {legible(name): legible(str(one))[:PARAMETER_LIMIT] for name, one in parameters.items()}
