"""What is known: passages, and where they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["document", "incident"]

Vector = Sequence[float]
"""Of length 1, so that the nearest by angle is the nearest by product."""


@dataclass(frozen=True, slots=True)
class Source:
    """What passages were cut from: a document or a past incident."""

    kind: Kind
    id: UUID


@dataclass(frozen=True, slots=True)
class Written:
    """A passage as it is kept."""

    id: UUID
    source: Source
    number: int
    """Its place in the source, from 0."""
    title: str
    heading: str
    """The headings above it, outermost first, joined by ` › `; `""` for none."""
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for."""

    text: str
    terms: str
    """`text` as full text sees it; see `words`."""
    vector: Vector | None
    """`None` when it could not be embedded: then full text alone decides."""
    kinds: Sequence[Kind] = ()
    """Of all kinds when there is none."""
    without: Source | None = None
    """What is not to be found: that which is asked about."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that might answer, with how near it is by either way."""

    passage: Written
    by_vector: float | None
    """Cosine, -1 to 1; `None` when it has no vector of the present model."""
    by_words: float
    """Weight of the terms that it shares with the question; 0 for none, comparable within one search only."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of what an organization knows is in the store, with the present model."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a store is, for the health check."""

    status: Literal["healthy", "degraded", "unhealthy"]
    message: str
