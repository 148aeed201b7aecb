"""What a model concludes: causes and suggestions in a form that can be counted on, checked against the evidence.

The summary is not part of it. It has to stream word by word, and parameters of a tool do not: so the model first
calls `conclude`, and then writes the summary as plain text, which streams like any other.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aurora_rt.investigation.agent.ground import Ground
from aurora_rt.investigation.agent.prompts import OVERRULED
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.investigator import Cause, Risk, Suggestion, SuggestionType
from aurora_rt.toolsets.toolset import Observation

CONCLUDE: Final = "conclude"
MOST_CAUSES: Final = 5
MOST_SUGGESTIONS: Final = 4

Numbers = Annotated[tuple[int, ...], Field(description="Numbers of the looks that show it.")]


class _Given(BaseModel):
    """What a model gives: more than is asked for is left out, not refused."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ConcludedCause(_Given):
    """A candidate for the cause."""

    node: Annotated[str, Field(min_length=1, max_length=200, description="The place, as looks call it.")]
    kind: Kind
    confidence: Annotated[float, Field(ge=0, le=1)]
    evidence: Numbers = ()


class ConcludedSuggestion(_Given):
    """Something to do."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    why: Annotated[str, Field(max_length=1200, description="With citations, as [3].")]
    type: SuggestionType = "diagnostic"
    risk: Risk = "low"
    command: Annotated[str, Field(max_length=2000, description="To type, if there is one.")] = ""
    effect: Annotated[str, Field(max_length=300, description="What it would change.")] = ""
    undo: Annotated[str, Field(max_length=300, description="How to take it back.")] = ""


class Conclusion(_Given):
    """The parameters of `conclude`."""

    causes: Annotated[
        tuple[ConcludedCause, ...],
        Field(max_length=MOST_CAUSES, description="Best first; empty when nothing is wrong."),
    ]
    suggestions: Annotated[
        tuple[ConcludedSuggestion, ...],
        Field(max_length=MOST_SUGGESTIONS, description="Few, each specific to what was seen."),
    ] = ()

    @property
    def said_causes(self) -> tuple[Cause, ...]:
        """The causes, as they are handed on: best first, whatever the order in which they came."""
        ranked = sorted(self.causes, key=lambda one: -one.confidence)
        return tuple(Cause(one.node, one.kind, round(one.confidence, 2)) for one in ranked)


def read(arguments: Mapping[str, Any]) -> Conclusion | None:
    """A conclusion from the parameters of a call; `None` when they are none."""
    try:
        return Conclusion.model_validate(arguments)
    except ValidationError:
        return None


def complaint(
    conclusion: Conclusion, rules: Sequence[Cause], evidence: Mapping[int, Observation]
) -> str | None:
    """What is wrong with a conclusion, for the model; `None` when nothing is.

    Numbers that do not exist are refused; so is another first cause than the rules found, without a look for it.
    """
    unknown = sorted({n for one in conclusion.causes for n in one.evidence} - set(evidence))
    if unknown:
        return f"There are no looks with the numbers {', '.join(map(str, unknown))}."
    if not rules:
        return None
    first = max(conclusion.causes, key=lambda one: one.confidence, default=None)
    found = rules[0]
    if first is None:
        return OVERRULED.format(rules=f"{found.kind} at {found.node}", model="nothing wrong")
    same = first.kind == found.kind and _alike(first.node, found.node)
    if same or any(evidence[number].error is None for number in first.evidence):
        return None
    return OVERRULED.format(rules=f"{found.kind} at {found.node}", model=f"{first.kind} at {first.node}")


def suggestions(conclusion: Conclusion, ground: Ground) -> list[Suggestion]:
    """What is suggested, of which nothing is made up: what no look bears is left out."""
    made = []
    for number, one in enumerate(conclusion.suggestions, 1):
        why = ground.sound(one.why)
        if not why:
            continue
        made.append(
            Suggestion(
                key=f"model-{number}",
                title=one.title.strip(),
                description=why,
                type=one.type,
                risk=one.risk,
                command=one.command.strip(),
                effect=one.effect.strip(),
                undo=one.undo.strip(),
            )
        )
    return made


def _alike(one: str, other: str) -> bool:
    one, other = one.casefold(), other.casefold()
    return one in other or other in one
