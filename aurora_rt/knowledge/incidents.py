"""Past incidents as knowledge: what was learnt is kept, brought up to date, forgotten, and found when it comes again.

An incident's passages are made of it as it stands when the job runs, so that several jobs for one come to the same.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from aurora_rt import jobs
from aurora_rt.incidents.lifecycle import IncidentNotFound
from aurora_rt.knowledge import feedback_queries, incident_queries
from aurora_rt.knowledge.account import account, is_past
from aurora_rt.knowledge.chunks import cut
from aurora_rt.knowledge.feedback_queries import Votes
from aurora_rt.knowledge.incident_queries import Past
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.likeness import ALIKE, Likeness, likeness, trusted
from aurora_rt.knowledge.models import Source
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.toolset import ToolFailed

MOST_SIMILAR: Final = 5
LOOKED_AT: Final = 20
"""Incidents that are compared, of what searching brings."""
QUERY_LIMIT: Final = 1000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Similar:
    """A past incident that is like another one."""

    past: Past
    likeness: Likeness
    score: float
    """How like it is, after what people thought of its analysis; 0 to 1."""
    votes: Votes


async def remember(knowledge: Knowledge, job: jobs.RememberIncident) -> None:
    """Keep what is to be learnt from an incident, in place of what was kept before; nothing while it goes on."""
    books, source = knowledge.of(job.organization_id), Source("incident", job.incident_id)
    async with knowledge.database.scope(job.organization_id) as scope:
        past = (await incident_queries.select_past(scope, [job.incident_id])).get(job.incident_id)
        judged = await feedback_queries.select_comments(scope, job.incident_id)
    if past is None or not is_past(past):
        await books.delete(source)
        return
    chunks = await asyncio.to_thread(lambda: cut(redacted(account(past, judged))))
    await books.put(source, past.title, chunks)


async def give_up(_: Knowledge, job: jobs.RememberIncident, reason: str) -> None:
    """Say where an operator looks that an incident was not kept; the next change of it tries again."""
    log.error("incident_not_remembered", incident_id=str(job.incident_id), reason=reason)


async def similar(
    knowledge: Knowledge, organization_id: UUID, incident_id: UUID, limit: int = MOST_SIMILAR
) -> Sequence[Similar]:
    """Past incidents that are like one, the likest first; none where nothing is. Raises `IncidentNotFound`."""
    async with knowledge.database.scope(organization_id) as scope:
        one = (await incident_queries.select_past(scope, [incident_id])).get(incident_id)
        if one is None:
            raise IncidentNotFound("There is no such incident.")
        same = await incident_queries.select_same_title(scope, incident_id, one.title, LOOKED_AT)
    found = {*same, *await _searched(knowledge, organization_id, one)} - {incident_id}
    async with knowledge.database.scope(organization_id) as scope:
        pasts = await incident_queries.select_past(scope, list(found))
        votes = await feedback_queries.select_votes(scope, list(found))
    ranked = [
        Similar(past, like, trusted(like.score, judged), judged)
        for past in pasts.values()
        if is_past(past)
        for like, judged in [(likeness(one, past), votes.get(past.id, Votes()))]
        if like.score >= ALIKE
    ]
    return sorted(ranked, key=lambda one: (-one.score, -one.past.started_at.timestamp()))[:limit]


async def _searched(knowledge: Knowledge, organization_id: UUID, one: Past) -> list[UUID]:
    """What searching brings; nothing when that is not possible just now, for it only adds to what is known anyhow."""
    query = " ".join(dict.fromkeys((one.title, one.service, *one.alerts, *one.told, one.description)))
    try:
        passages = await knowledge.of(organization_id).search(
            query[:QUERY_LIMIT], limit=LOOKED_AT, kinds=("incident",)
        )
    except ToolFailed:
        return []
    return [UUID(passage.id) for passage in passages]
