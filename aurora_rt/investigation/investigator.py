"""The interface between an investigator and the world: a case in, steps out."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from aurora_rt.toolsets.toolset import Looking, Observation

ThoughtType = Literal["hypothesis", "observation", "analysis", "ruled_out", "limitation"]
SuggestionType = Literal["diagnostic", "mitigation", "remediate", "prevent"]
Risk = Literal["safe", "low", "medium", "high"]
Ended = Literal["complete", "length", "limit", "refused", "interrupted", "fallback"]
"""Why a text ends: it is whole; the model's output limit; a limit of ours on time, steps, tokens or money; the provider
refused to go on; it broke off; somebody else went on in the model's place."""


@dataclass(frozen=True, slots=True)
class CaseAlert:
    """One alert of the incident."""

    title: str
    description: str
    severity: str
    service: str
    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    started_at: datetime
    expression: str | None = None
    """The rule's expression (PromQL) where the source tells it."""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of an incident before anybody looks. The first alert opened it."""

    incident_id: UUID
    title: str
    service: str
    severity: str
    environment: str
    source: str
    started_at: datetime
    alerts: tuple[CaseAlert, ...]
    notes: str = ""
    """What the organization noted about itself, for whoever looks into anything of its."""

    @property
    def alert(self) -> CaseAlert:
        """The alert that opened the incident."""
        return self.alerts[0]


@dataclass(frozen=True, slots=True)
class Writing:
    """A piece of a text that is still being written; the finished step brings the whole text.

    `key` names the text within the investigation, and is the `key` of the step that finishes it.
    """

    kind: Literal["thought", "summary", "answer"]
    key: str
    text: str
    by: str = ""
    """Which specialist writes it; `""` for the investigator itself."""


@dataclass(frozen=True, slots=True)
class Thought:
    """A finished thought: what is looked at and why, or what was found. Starts with what `Writing` gave of it."""

    key: str
    content: str
    type: ThoughtType = "analysis"
    by: str = ""
    """Which specialist thought it; `""` for the investigator itself."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A look that texts may cite by its number."""

    observation: Observation


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to do, specific to the evidence."""

    key: str
    title: str
    description: str
    """Why, with citations."""
    type: SuggestionType
    risk: Risk
    command: str = ""
    """What to type, where there is something; `""` otherwise."""
    effect: str = ""
    """What it would change, in a sentence; `""` when it only looks."""
    undo: str = ""
    """How to take it back, in a sentence; `""` when it only looks."""
    is_action: bool = False
    """Whether it asks for an approval: once somebody gave it, the command is run."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A candidate for the cause, for scoring and for lists; the summary says it in words."""

    node: str
    """The place: a process, service, series, host."""
    kind: str
    """The kind of fault, from a small closed vocabulary."""
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an investigation comes to: Markdown, each claim with its `[n]`. The last step."""

    text: str
    causes: tuple[Cause, ...] = ()
    """Best first; empty when nothing wrong was found."""
    key: str = "summary"
    ended: Ended = "complete"


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer to a question. The last step of an answer."""

    text: str
    key: str = "answer"
    ended: Ended = "complete"


Step = Writing | Thought | Citation | Suggestion | Summary | Answer


@dataclass(frozen=True, slots=True)
class Question:
    """A question about an incident (or about nothing in particular), with what is already known."""

    text: str
    mode: Literal["ask", "agent"]
    case: Case | None
    summary: str = ""
    thoughts: tuple[str, ...] = ()
    evidence: tuple[Observation, ...] = ()
    """The citations so far, by number."""
    suggestions: tuple[Suggestion, ...] = ()
    history: tuple[tuple[Literal["user", "assistant"], str], ...] = field(default=())
    """Earlier messages of the chat, oldest first, without this question."""
    notes: str = ""
    """What the organization noted about itself."""


class Memory(Protocol):
    """What an investigator wrote down for itself, so that another run of the same work goes on where it stopped."""

    @property
    def kept(self) -> Mapping[str, str]:
        """Key → text, as earlier runs and this one kept it, in the order in which it was kept."""

    async def keep(self, key: str, text: str) -> None:
        """Keep `text` for good, before going on; a key that is there already stays as it is."""


@dataclass(slots=True)
class Forgetful:
    """A memory that lasts as long as the process: for work that nobody takes over."""

    kept: dict[str, str] = field(default_factory=dict)

    async def keep(self, key: str, text: str) -> None:
        """Keep `text` until this ends."""
        self.kept.setdefault(key, text)


class Investigator(Protocol):
    """Somebody who looks into incidents and answers questions about them."""

    @property
    def name(self) -> str:
        """Who it is: `builtin`, or a model's name."""

    def investigate(self, case: Case, tools: Looking, memory: Memory, /) -> AsyncGenerator[Step, None]:
        """Look into `case`. Yields steps in the order in which they are said; ends with a `Summary`.

        Keys are unique within the investigation and the same in each run over the same observations. It never
        raises for what tools meet: what could not be seen is said.
        """

    def answer(self, question: Question, tools: Looking, memory: Memory, /) -> AsyncGenerator[Step, None]:
        """Answer `question`. Yields `Writing(kind="answer")` pieces and citations; ends with an `Answer`."""
