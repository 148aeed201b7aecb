"""Toolsets that ask several origins, any of which may be configured: one that fails does not hide the others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.toolset import Health, ToolFailed

Told = TypeVar("Told")


class Origin(Protocol):
    """Where a toolset finds what it tells."""

    @property
    def complaint(self) -> Callable[[Settings], str | None]:
        """Why it cannot be asked as it is configured, in a sentence; `None` when it can."""

    @property
    def answers(self) -> Callable[[Settings, httpx.AsyncClient], Awaitable[str]]:
        """A sentence for a person when it can be asked. Raises `ToolFailed`."""


async def tried(asked: Awaitable[Told]) -> Told | ToolFailed:
    """What an origin tells, or why it tells nothing."""
    try:
        return await asked
    except ToolFailed as failed:
        return failed


def unusable(configured: Sequence[Origin], settings: Settings, nothing: str) -> str | None:
    """Why none can be asked, in a sentence; `None` when one can. `nothing` is said where none is configured."""
    wrong = [reason for one in configured if (reason := one.complaint(settings))]
    if not configured:
        return nothing
    return " ".join(wrong) if len(wrong) == len(configured) else None


async def health(
    configured: Sequence[Origin], settings: Settings, http: httpx.AsyncClient, nothing: str
) -> Health:
    """Whether all that are configured answer; those that do not are named first."""
    if not configured:
        return Health("unhealthy", nothing)
    told = await asyncio.gather(*(tried(one.answers(settings, http)) for one in configured))
    ill = [one.reason for one in told if isinstance(one, ToolFailed)]
    well = [one for one in told if not isinstance(one, ToolFailed)]
    return Health("unhealthy" if ill else "healthy", " ".join([*ill, *well]))


async def together(*asked: Awaitable[Sequence[Told]]) -> list[Told]:
    """What several questions to one origin give; raises the first `ToolFailed` when all of them fail."""
    parts = await asyncio.gather(*map(tried, asked))
    failures = [one for one in parts if isinstance(one, ToolFailed)]
    if failures and len(failures) == len(parts):
        raise failures[0]
    return [one for part in parts if not isinstance(part, ToolFailed) for one in part]
