"""Who asks a model, and what a model that can be asked is."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:  # importing it takes most of a second, which nobody without a model should wait for
    from pydantic_ai.models import Model

Purpose = Literal["investigation", "answer", "embedding", "check"]


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


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a model."""

    id: UUID
    spender: Spender
    provider: str
    model: str
    """As people write it."""


@dataclass(frozen=True, slots=True)
class Used:
    """What a request came to."""

    input_tokens: int = 0
    """With those that were read from the provider's cache."""
    cached_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None
    """US dollars; `None` where nobody knows the price."""
    estimated: bool = False
    """Whether we counted it ourselves, because it was cut before the provider told."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What several requests came to."""

    requests: int
    tokens: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class DayOfModel:
    """What one model came to on one day (UTC)."""

    day: date
    provider: str
    model: str
    requests: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An organization's account with a provider, as it is stored."""

    provider: str
    sealed: bytes | None
    ends: str
    """The last characters of its key."""
    base_url: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Choices:
    """What an organization's admins chose; `None` is what the settings say."""

    model: str | None = None
    fallbacks: tuple[str, ...] = ()
    daily_tokens: int | None = None
    daily_usd: Decimal | None = None
