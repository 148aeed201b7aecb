"""Who asks a model, and what a model that can be asked is."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:  # importing it takes most of a second, which nobody without a model should wait for
    from pydantic_ai.models import Model

Purpose = Literal["investigation", "answer", "embedding"]


@dataclass(frozen=True, slots=True)
class Spender:
    """On whose account a model is asked."""

    organization_id: UUID
    purpose: Purpose
    incident_id: UUID | None = None
    work_id: UUID | None = None
    """The investigation or the answer."""
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class ReadyModel:
    """A model that can be asked: paced, retried before its first token, metered, and held to its limits."""

    name: str
    """As people write it: `anthropic/claude-3.5-sonnet`."""
    model: "Model"
    window: int
    """Tokens of prompt and answer together."""
    output_limit: int
    """Tokens of one answer; always sent."""
    price: Price | None
    """`None` when nobody knows it."""
