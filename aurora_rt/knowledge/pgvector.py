"""Vectors beside the passages in PostgreSQL, compared by pgvector: the store that needs nothing else.

One query finds by vector and by words. The nearest are found exactly, among the organization's own vectors; the
migration that made the table says why there is no approximate index.
"""

from collections.abc import Sequence
from uuid import UUID

from aurora_rt.db.pool import AWAY, Database
from aurora_rt.knowledge import queries
from aurora_rt.knowledge.models import Asked, Candidate, Source, Standing, Vector, Written


class PgVector:
    """Implements `Store` in PostgreSQL. Without pgvector there it keeps vectors, but finds by words alone."""

    name = "pgvector"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._compares: bool | None = None

    async def put(
        self, organization_id: UUID, model: str, passages: Sequence[tuple[Written, Vector]]
    ) -> None:
        """Keep vectors of passages whose rows are there."""
        async with self._database.transaction(organization_id) as scope:
            await queries.put_vectors(scope, model, [(one.id, vector) for one, vector in passages])

    async def delete(self, organization_id: UUID, source: Source) -> None:
        """Nothing to do: the vectors went with the rows of the passages."""

    async def forget_others(self, organization_id: UUID, model: str) -> None:
        """Nothing to do: a passage has one vector."""

    async def search(
        self, organization_id: UUID, model: str, asked: Asked, limit: int
    ) -> Sequence[Candidate]:
        """Up to `limit` sources by vector, and as many by words."""
        async with self._database.scope(organization_id) as scope:
            if self._compares is None:
                self._compares = await queries.has_vector_type(scope.connection)
            if self._compares and asked.vector is not None:
                return await queries.near_and_worded(scope, model, asked, limit)
            return await queries.worded(scope, asked, limit)

    async def look(self) -> Standing:
        """Whether vectors can be compared."""
        try:
            async with self._database.connection() as connection:
                compares = await queries.has_vector_type(connection)
        except AWAY:
            return Standing("unhealthy", "Knowledge is in PostgreSQL, which is away")
        if compares:
            return Standing("healthy", "Weaviate is not configured; knowledge is in PostgreSQL with pgvector")
        return Standing(
            "degraded",
            "This PostgreSQL has no pgvector: knowledge is found by its words alone, not by meaning",
        )
