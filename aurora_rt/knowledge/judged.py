"""Searching with what people thought of past analyses: what helped comes earlier, what did not later, and is marked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from aurora_rt.knowledge import feedback_queries
from aurora_rt.knowledge.account import marked
from aurora_rt.knowledge.feedback_queries import Votes
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.likeness import trusted
from aurora_rt.knowledge.models import Kind
from aurora_rt.toolsets.toolset import Passage


@dataclass(frozen=True, slots=True)
class JudgedBooks:
    """Implements `toolsets.toolset.Library` for one organization."""

    knowledge: Knowledge
    organization_id: UUID

    async def search(self, query: str, *, limit: int = 5, kinds: Sequence[Kind] = ()) -> Sequence[Passage]:
        """What fits `query`, nearest first. Raises `ToolFailed` when it is away."""
        books = self.knowledge.of(self.organization_id)
        found = await books.search(query, limit=2 * limit, kinds=kinds)  # some may change places
        ids = [UUID(one.id) for one in found if one.kind == "incident"]
        if not ids:
            return found[:limit]
        async with self.knowledge.database.scope(self.organization_id) as scope:
            votes = await feedback_queries.select_votes(scope, ids)
        ranked = [self._judged(one, votes.get(UUID(one.id), Votes())) for one in found]
        return sorted(ranked, key=lambda one: -one.score)[:limit]

    @staticmethod
    def _judged(passage: Passage, votes: Votes) -> Passage:
        if passage.kind != "incident" or not (said := marked(votes)):
            return passage
        text = passage.text if said in passage.text else f"{passage.text}\n\n{said}"
        return replace(passage, score=trusted(passage.score, votes), text=text)
