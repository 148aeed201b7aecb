"""What every origin of traces is asked for."""

import shlex
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Final, TypeVar

import httpx
from pydantic import Field, StringConstraints

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import Server, complaint, server_at
from aurora_rt.toolsets.toolset import Access, Parameters, ToolFailed, Window
from aurora_rt.toolsets.traces.spans import Span

MOST_OF_A_TIME: Final = 20
"""Requests that are looked at for the time before the alert, and as many for the time since."""

Told = TypeVar("Told")
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class SearchParameters(Parameters):
    """Which requests to look for."""

    service: Annotated[Name, Field(description="A service that takes part; empty: any.")] = ""
    errors: Annotated[bool, Field(description="Only requests in which something failed.")] = False
    min_duration_ms: Annotated[
        float, Field(ge=0, le=3.6e6, description="Only requests that took longer.")
    ] = 0

    @property
    def filtered(self) -> bool:
        """Whether only some kinds of requests are asked for."""
        return self.errors or self.min_duration_ms > 0


class ShowParameters(Parameters):
    """Which request to show."""

    trace_id: Annotated[
        str,
        StringConstraints(strip_whitespace=True, pattern=r"^[0-9a-fA-F]{1,32}$"),
        Field(description="Its id."),
    ]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where traces come from. All that ask raise `ToolFailed`."""

    title: str
    setting: str
    address: Callable[[Settings], str | None]
    command: Callable[[Server, SearchParameters | ShowParameters], str]
    """What a person would type to see the same."""
    answers: Callable[[Settings, httpx.AsyncClient], Awaitable[str]]
    """A sentence for a person when it can be asked."""
    search: Callable[[SearchParameters, Access], Awaitable[tuple[Span, ...]]]
    """The spans of a sample of requests, from before the alert and from since."""
    show: Callable[[str, Access], Awaitable[tuple[Span, ...]]]
    """The spans of one request; none when it does not know it."""

    def complaint(self, settings: Settings) -> str | None:
        """Why it cannot be asked as it is configured, in a sentence; `None` when it can."""
        return complaint(self.address(settings), self.title, self.setting)

    def server(self, settings: Settings) -> Server:
        """Where it is. Raises `ToolFailed` when there is none."""
        return server_at(self.address(settings), self.title, self.setting, settings.tool_timeout)


async def unless_unknown(asked: Awaitable[Told]) -> Told | None:
    """What an origin tells of a request; `None` when it does not know it. Raises `ToolFailed` for all else."""
    try:
        return await asked
    except ToolFailed as failed:
        if "HTTP 404" in failed.reason:
            return None
        raise


def curl(server: Server, path: str, query: Mapping[str, str]) -> str:
    """A call as a person would type it, without credentials."""
    return f"curl -s {shlex.quote(str(server.url(path).copy_merge_params(query)))}"


def stretches(access: Access) -> tuple[Window, Window]:
    """The window in two: before the alert, and since it began. Neither is empty."""
    window, least = access.window, timedelta(seconds=1)
    return (
        replace(window, end=max(window.anchor, window.start + least)),
        replace(window, start=window.anchor, end=max(window.end, window.anchor + least)),
    )
