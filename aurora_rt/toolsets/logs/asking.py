"""What every origin of logs is asked for, and what it gives."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

import httpx
from pydantic import Field, StringConstraints

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.toolset import Access, Parameters, ToolFailed

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class PatternParameters(Parameters):
    """Whose lines to count."""

    service: Annotated[Text, Field(description="Whose log; empty: everybody's.")] = ""


class SearchParameters(PatternParameters):
    """What to look for."""

    query: Annotated[Text, Field(description="A text that lines hold; empty: those that complain.")] = ""
    limit: Annotated[int, Field(ge=1, le=2000, description="The most lines, the newest.")] = 500


class NoSuchLog(ToolFailed):
    """The origin can be searched, but it has no log of the service."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an origin gives."""

    command: str
    """What a person would type to see the same."""
    lines: tuple[LogLine, ...]
    """The newest, in the order of time."""
    truncated: bool
    """There were more, earlier ones."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where logs come from. All that ask raise `ToolFailed`."""

    title: str
    setting: str
    configured: Callable[[Settings], bool]
    complaint: Callable[[Settings], str | None]
    """Why it cannot be asked as it is configured, in a sentence."""
    search: Callable[[SearchParameters, Access], Awaitable[Found]]
    """Lines within the window."""
    answers: Callable[[Settings, httpx.AsyncClient], Awaitable[str]]
    """A sentence for a person when it can be searched."""
