"""Turning texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

from aurora_rt.knowledge.models import Vector


class EmbeddingsAway(Exception):
    """The model cannot be reached, or refuses. Its text is a sentence for a person."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    model: str
    """Vectors of different names are never compared."""

    async def embed(self, texts: Sequence[str]) -> Sequence[Vector]:
        """A vector for each text, in order. Raises `EmbeddingsAway`."""
