"""What identity is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Role = Literal["viewer", "editor", "admin"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The user who is asking."""

    user_id: str
    organization_id: UUID
    email: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user together with what their password is checked against."""

    caller: Caller
    password_hash: str


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in."""

    id: UUID
    caller: Caller
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Browser:
    """What is remembered of the browser that signs in, so that its owner can recognize it."""

    address: str
    agent: str
