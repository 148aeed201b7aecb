"""What a toolset and a tool are, and what one look through a tool gives."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import httpx
from pydantic import BaseModel, ConfigDict

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts import (
    AnyFacts,
)
from aurora_rt.toolsets.policy import Policy


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that every tool looks at: anchored at the alert's own start, not at now."""

    start: datetime
    end: datetime
    anchor: datetime
    """When the alert began to fire."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of what is known: of a document, or of a past incident."""

    kind: Literal["document", "incident"]
    id: str
    """Of the document or the incident."""
    title: str
    heading: str
    """The headings above it, outermost first, joined by ` › `; `""` for none."""
    text: str
    score: float
    """0 to 1, higher is nearer; comparable within one search only."""


class Library(Protocol):
    """What an organization knows: its documents and past incidents, bound to that organization."""

    async def search(
        self, query: str, *, limit: int = 5, kinds: Sequence[Literal["document", "incident"]] = ()
    ) -> Sequence[Passage]:
        """What fits `query`, nearest first, of all kinds when none is named. Raises `ToolFailed` when it is away."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a tool needs to look: the settings, a shared HTTP client, the incident's window, and what may be run."""

    settings: Settings
    http: httpx.AsyncClient
    window: Window
    policy: Policy
    """What the incident's organization lets run."""
    library: Library | None = None
    """What the incident's organization knows; `None` where nothing is kept, as in an evaluation."""
    accounts: str = ""
    """With whose accounts is looked: the same text, the same accounts. What one sees is not for the other."""
    withheld: Mapping[str, str] = field(default_factory=dict)
    """Toolset → why it may not be used here, in a sentence."""


class Parameters(BaseModel):
    """The base of a tool's parameters; a tool without any uses it as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a tool saw. `command` is what a person would type to see the same: a query or a command line."""

    command: str
    output: str
    facts: AnyFacts | None = None


class ToolFailed(Exception):
    """A tool could not look. `reason` is a sentence for the person who reads the incident."""

    def __init__(self, reason: str, *, command: str = "", output: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.command = command
        self.output = output
        """What came back instead, if anything did."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to look. `run` gets validated parameters; it may raise `ToolFailed`, and nothing else on purpose."""

    name: str
    """Within its toolset; people and models see `toolset.name`."""
    description: str
    run: Callable[[Any, Access], Awaitable[Seen]]
    parameters: type[Parameters] = Parameters
    timeout: float = 15.0
    """Seconds after which it is cut."""
    fresh_for: float = 0.0
    """Seconds for which a look serves other investigations, too; 0 when it depends on the incident's window."""
    read: Callable[[str, Mapping[str, Any]], AnyFacts | None] | None = None
    """The facts in an output, for tools whose facts are all in it: (output, parameters) → facts, `None` for none."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a toolset can be used right now, and what a person should know about it."""

    status: Literal["healthy", "unhealthy"]
    message: str


@dataclass(frozen=True, slots=True)
class Toolset:
    """A family of tools over one thing."""

    name: str
    title: str
    description: str
    cost: Literal["low", "moderate", "high"]
    """What a look costs whoever is looked at."""
    tools: tuple[Tool, ...]
    unusable: Callable[[Settings], str | None]
    """Why it cannot be used as configured, in a sentence; `None` when it can."""
    health: Callable[[Settings, httpx.AsyncClient], Awaitable[Health]]
    away: Callable[[], str | None] = field(default=lambda: None)
    """Why it cannot be used right now, as far as that is known without looking: for what is connected to."""
    needs_library: bool = False
    """It looks in what the organization knows: without `Access.library` there is no such toolset."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One look through one tool: what was asked, what was seen, or why nothing was. Numbered for citing."""

    number: int
    """The `n` of `[n]`, unique within the incident."""
    tool: str
    parameters: Mapping[str, Any]
    command: str
    output: str
    executed_at: datetime
    seconds: float
    facts: AnyFacts | None = field(default=None, repr=False)
    error: str | None = None

    @property
    def cite(self) -> str:
        """How a text refers to this: `[3]`."""
        return f"[{self.number}]"

    @property
    def kind(self) -> str:
        """Which kind of facts it tells beside the text, such as `series`; `""` for none."""
        return "" if self.facts is None else self.facts.kind

    @property
    def was_made(self) -> bool:
        """Whether anything was asked: a call of a tool that does not exist, or with wrong parameters, is none."""
        return self.error is None or self.seconds > 0 or self.command != self.tool


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool that can be called now, as whoever may call it is told."""

    name: str
    """`toolset.tool`."""
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of its parameters, an object."""
    toolset: str
    """The title of its toolset."""
    cost: Literal["low", "moderate", "high"]


class Looking(Protocol):
    """What an investigator gets to look with: the tools that are usable, bound to one incident's window."""

    @property
    def window(self) -> Window:
        """The stretch of time that is looked at."""

    @property
    def unusable(self) -> Mapping[str, str]:
        """Toolset → why it could not be used, in a sentence."""

    @property
    def offers(self) -> Sequence[Offer]:
        """The tools that can be called, in a steady order."""

    def has(self, tool: str) -> bool:
        """Whether `toolset.tool` can be called."""

    async def look(self, tool: str, **parameters: object) -> Observation:
        """Call a tool. Never raises for what the tool meets: then the observation has an `error`.

        The same call of the same investigation is made once: a repeated one gives the first observation.
        """
