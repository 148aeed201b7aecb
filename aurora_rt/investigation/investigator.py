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


@dataclass(frozen=True, slots=True)
class Thought:
    """A finished thought: what is looked at and why, or what was found. Starts with what `Writing` gave of it."""

    key: str
    content: str
    type: ThoughtType = "analysis"


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


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer to a question. The last step of an answer."""

    text: str
    key: str = "answer"


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


class Investigator(Protocol):
    """Somebody who looks into incidents and answers questions about them."""

    @property
    def name(self) -> str:
        """Who it is: `builtin`, or a model's name."""

    def investigate(self, case: Case, tools: Looking) -> AsyncGenerator[Step, None]:
        """Look into `case`. Yields steps in the order in which they are said; ends with a `Summary`.

        Keys are unique within the investigation and the same in each run over the same observations. It never
        raises for what tools meet: what could not be seen is said.
        """

    def answer(self, question: Question, tools: Looking) -> AsyncGenerator[Step, None]:
        """Answer `question`. Yields `Writing(kind="answer")` pieces and citations; ends with an `Answer`."""
