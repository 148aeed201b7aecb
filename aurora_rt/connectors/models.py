"""What accounts are, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account of an organization with a provider."""

    id: UUID
    provider: str
    identity: str
    title: str
    shown: Mapping[str, Mapping[str, str]]
    """`fields` that are no secret, and the `facts` of the last check."""
    sealed: bytes = field(repr=False)
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class KeptSignIn:
    """A sign-in that came back."""

    user_id: str
    provider: str
    sealed: bytes = field(repr=False)
    expires_at: datetime
