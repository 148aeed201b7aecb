"""The port to where vectors are. The passages themselves are rows in PostgreSQL, wherever that is."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from aurora_rt.knowledge.models import Asked, Candidate, Source, Standing, Vector, Written


class StoreAway(Exception):
    """The store cannot be reached, or refuses; trying again later helps. Its text is a sentence for a person."""


class Store(Protocol):
    """Keeps the vectors of passages by organization; an organization never meets another's.

    `model` names what made the vectors: vectors of different models are never compared. Every method raises
    `StoreAway`, or what `db.pool.AWAY` lists.
    """

    name: str
    """Of the kind of store; part of how a passage notes where its vector is."""

    async def put(
        self, organization_id: UUID, model: str, passages: Sequence[tuple[Written, Vector]]
    ) -> None:
        """Keep vectors of passages whose rows are there; those it has already are replaced."""

    async def delete(self, organization_id: UUID, source: Source) -> None:
        """Forget everything of a source, under every model; it may be unknown."""

    async def forget_others(self, organization_id: UUID, model: str) -> None:
        """Forget what other models than `model` made: everything has a vector of this one by now."""

    async def search(
        self, organization_id: UUID, model: str, asked: Asked, limit: int
    ) -> Sequence[Candidate]:
        """Up to `limit` sources by vector and as many by words, each with its best passages; in no particular order."""

    async def look(self) -> Standing:
        """How it is right now; never raises for an outage."""
