"""Writing down what an investigator says: each step in the caller's change, once, with its event.

A model may repeat a secret, or make one up: what looks like one is taken out here, whoever said it.
"""

from uuid import UUID

from aurora_rt.approvals.proposing import propose
from aurora_rt.clock import derived_id, now
from aurora_rt.events.change import Change
from aurora_rt.events.envelope import incident_room
from aurora_rt.investigation import queries
from aurora_rt.investigation.investigator import Suggestion, Thought
from aurora_rt.investigation.models import KeptSuggestion
from aurora_rt.investigation.schemas import (
    WIRE_OUTPUT_LIMIT,
    CitationMade,
    SuggestionMade,
    ThoughtFinished,
)
from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings
from aurora_rt.toolsets.toolbox import call_key
from aurora_rt.toolsets.toolset import Observation

CUT_NOTE = "\n… cut here; the incident's page has the whole output"


def thought_id(investigation_id: UUID, key: str) -> UUID:
    """The id of a thought, the same in each run of the investigation."""
    return derived_id(investigation_id, f"thought:{key}")


def suggestion_id(investigation_id: UUID, key: str) -> UUID:
    """The id of a suggestion, the same in each run of the investigation."""
    return derived_id(investigation_id, f"suggestion:{key}")


async def thought(change: Change, incident_id: UUID, investigation_id: UUID, said: Thought) -> None:
    """Write down a thought."""
    made, at = thought_id(investigation_id, said.key), now()
    content = redacted(said.content)
    if await queries.insert_thought(
        change, made, incident_id, investigation_id, content, said.type, at, said.by
    ):
        event = ThoughtFinished(id=made, content=content, timestamp=at, type=said.type, by=said.by)
        change.say(incident_room(incident_id), event)


async def citation(
    change: Change, incident_id: UUID, base: UUID, investigation_id: UUID | None, seen: Observation
) -> None:
    """Write down a look, made by the investigation or for the answer with the id `base`."""
    made = derived_id(base, f"citation:{call_key(seen.tool, seen.parameters)}")
    if await queries.insert_citation(change, made, incident_id, investigation_id, seen):
        event = CitationMade(
            id=made,
            key=str(seen.number),
            tool_name=seen.tool,
            command=seen.command,
            output=_for_the_wire(shown_output(seen)),
            executed_at=seen.executed_at,
            kind=seen.kind,
        )
        change.say(incident_room(incident_id), event)


async def suggestion(
    change: Change,
    settings: Settings,
    incident_id: UUID,
    investigation_id: UUID | None,
    said: Suggestion,
    answer_id: UUID | None = None,
) -> None:
    """Write down a suggestion, made by an investigation or else in an answer.

    For one that is an action, an approval is asked for in the same change.
    """
    base = investigation_id or answer_id
    if base is None:
        raise TypeError("a suggestion belongs to an investigation or an answer")
    made = KeptSuggestion(
        suggestion_id(base, said.key),
        redacted(said.title),
        redacted(said.description),
        said.type,
        said.risk,
        redacted(said.command),
        redacted(said.effect),
        redacted(said.undo),
        said.is_action and bool(said.command.strip()),
    )
    if await queries.insert_suggestion(change, incident_id, investigation_id, made, now()):
        event = SuggestionMade(
            id=made.id,
            title=made.title,
            description=made.description,
            type=made.type,
            risk=made.risk,
            command=made.command,
            effect=made.effect,
            undo=made.undo,
            is_action=made.is_action,
        )
        change.say(incident_room(incident_id), event)
        if made.is_action:
            await propose(change, settings, incident_id, made.id, made.command)


def shown_output(seen: Observation) -> str:
    """What a person reads of a look: what was seen, or why nothing was."""
    return seen.output if seen.error is None else f"{seen.error}\n\n{seen.output}".strip()


def _for_the_wire(output: str) -> str:
    return output if len(output) <= WIRE_OUTPUT_LIMIT else output[:WIRE_OUTPUT_LIMIT] + CUT_NOTE
