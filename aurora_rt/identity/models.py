"""What identity is about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

Role = Literal["viewer", "editor", "admin"]
TokenScope = Literal["read", "write"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The user who is asking."""

    user_id: str
    organization_id: UUID
    email: str
    name: str
    role: Role
    limited_to: TokenScope | None = None
    """What the API token allows with which they ask; None when they ask in person."""
    credential: str = ""
    """What they prove themselves with: `session:<id>`, `token:<id>`, or `user:<id>` for a header that is trusted."""


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
class OwnSession:
    """One of a user's sessions, as its owner sees it."""

    id: UUID
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    current: bool
    """Whether it is the one that asks."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token for a program, without the token itself."""

    id: UUID
    name: str
    scope: TokenScope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way into an organization, without its token."""

    id: UUID
    role: Role
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an invitation leads: the organization's name, and what one is there."""

    organization: str
    role: Role
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Browser:
    """What is remembered of the browser that signs in, so that its owner can recognize it."""

    address: str
    agent: str
