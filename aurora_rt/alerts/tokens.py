"""The tokens that open webhooks: made, shown once, kept as hashes, revoked."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from aurora_rt.alerts import queries
from aurora_rt.alerts.models import TokenOwner, WebhookToken
from aurora_rt.alerts.source import sources
from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database
from aurora_rt.errors import NotFound, Unauthenticated

TOKEN_BYTES = 24


class UnknownSource(NotFound):
    """There is no alert source of that name."""

    code = "unknown_source"


class WebhookTokenInvalid(Unauthenticated):
    """The token is missing, unknown, revoked, or made for another source."""

    code = "webhook_token_invalid"


class WebhookTokenNotFound(NotFound):
    """There is no such webhook token in this organization."""

    code = "webhook_token_not_found"


@dataclass(frozen=True, slots=True)
class Created:
    """A new token; `secret` is shown now and never again."""

    token: WebhookToken
    secret: str


async def create(database: Database, organization_id: UUID, source: str, name: str) -> Created:
    """Make a way in for `source`. Raises `UnknownSource`."""
    require_source(source)
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    token = WebhookToken(id=new_id(), source=source, name=name, created_at=now())
    async with database.transaction(organization_id) as scope:
        await queries.insert_token(scope, token, hashed(secret))
    return Created(token, secret)


async def list_all(database: Database, organization_id: UUID) -> Sequence[WebhookToken]:
    """The organization's tokens, oldest first."""
    async with database.scope(organization_id) as scope:
        return await queries.select_tokens(scope)


async def revoke(database: Database, organization_id: UUID, token_id: UUID) -> None:
    """Close a way in, at once. Raises `WebhookTokenNotFound`."""
    async with database.transaction(organization_id) as scope:
        if not await queries.delete_token(scope, token_id):
            raise WebhookTokenNotFound("There is no such webhook token.")


async def owner(database: Database, source: str, secret: str | None) -> TokenOwner:
    """Whose webhook this is. Raises `UnknownSource`, `WebhookTokenInvalid`."""
    require_source(source)
    if secret:
        async with database.connection() as connection:
            found = await queries.find_token(connection, hashed(secret), now())
        if found is not None and found.source == source:
            return found
    raise WebhookTokenInvalid(f"This is not a valid webhook token for the source {source}.")


def require_source(name: str) -> None:
    """Raise `UnknownSource` unless there is a source of that name."""
    if name not in sources():
        raise UnknownSource(f"There is no alert source {name!r}. Known: {', '.join(sorted(sources()))}.")


def hashed(secret: str) -> bytes:
    """What is kept of a token. It is random and long, so that a plain hash suffices."""
    return hashlib.sha256(secret.encode()).digest()


def from_authorization(header: str | None) -> str | None:
    """The token in an Authorization header: as a bearer token, or as the password of basic authentication."""
    scheme, _, value = (header or "").strip().partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip() or None
        case "basic":
            try:
                user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                return None
            return password or user or None
        case _:
            return None


def webhook_url(base_url: str, source: str, secret: str) -> str:
    """The absolute URL to give to the source."""
    return f"{base_url.rstrip('/')}/api/webhooks/{source}/{secret}"
