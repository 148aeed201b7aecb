"""What is known of an incident so far, for whoever answers questions about it."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from aurora_rt.db.pool import Scope
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.investigation import queries
from aurora_rt.investigation.investigator import Case, Risk, Suggestion, SuggestionType
from aurora_rt.toolsets.toolset import Observation


@dataclass(frozen=True, slots=True)
class Evidence:
    """An incident's case with everything that was found out about it."""

    case: Case
    summary: str
    thoughts: tuple[str, ...]
    observations: tuple[Observation, ...]
    suggestions: tuple[Suggestion, ...]


async def of(scope: Scope, incident_id: UUID) -> Evidence:
    """Read it; `scope` should be a snapshot. Raises `IncidentNotFound`."""
    case = await queries.select_case(scope, incident_id)
    if case is None:
        raise IncidentNotFound("There is no such incident.")
    summary, thoughts = await queries.select_summary_and_thoughts(scope, incident_id)
    return Evidence(
        case=case,
        summary=summary,
        thoughts=thoughts,
        observations=await queries.select_observations(scope, incident_id),
        suggestions=tuple(
            Suggestion(
                key=str(kept.id),
                title=kept.title,
                description=kept.description,
                type=cast("SuggestionType", kept.type),
                risk=cast("Risk", kept.risk),
                command=kept.command,
            )
            for kept in await queries.select_suggestions(scope, incident_id)
        ),
    )
