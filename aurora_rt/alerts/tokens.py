"""The tokens that open webhooks: made, shown once, kept as hashes, revoked."""

import base64
import binascii
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from aurora_rt.alerts import queries
from aurora_rt.alerts.models import WebhookToken
from aurora_rt.alerts.proving import KIND
from aurora_rt.alerts.schemas import CreatedWebhookToken
from aurora_rt.alerts.source import Source, sources
from aurora_rt.clock import new_id, now
from aurora_rt.connectors.secrets import Secrets
from aurora_rt.db.pool import Database, Scope
from aurora_rt.errors import Invalid, NotFound, Unauthenticated

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


class SecretNotTaken(Invalid):
    """A secret was given for a source whose vendor signs nothing."""

    code = "webhook_secret_not_taken"


class MappingNotTaken(Invalid):
    """A mapping was given for a source that knows its vendor's payloads."""

    code = "webhook_mapping_not_taken"


@dataclass(frozen=True, slots=True)
class Created:
    """A new token; `secret` is shown now and never again."""

    token: WebhookToken
    secret: str


async def create(
    database: Database,
    organization_id: UUID,
    source: str,
    name: str,
    *,
    secret: str | None = None,
    mapping: Mapping[str, str] | None = None,
    sealing: Secrets | None = None,
) -> Created:
    """Make a way in for `source`; `secret` is what its vendor signs with.

    Raises `UnknownSource`, `SecretNotTaken`, `MappingNotTaken`, `SecretsOff`, or `Invalid` for a mapping that is wrong.
    """
    known = require_source(source)
    _refuse_unfit(known, secret, mapping)
    opens = secrets.token_urlsafe(TOKEN_BYTES)
    token = WebhookToken(new_id(), source, name, now(), has_secret=bool(secret), mapping=mapping)
    async with database.transaction(organization_id) as scope:
        await queries.insert_token(scope, token, hashed(opens), await _sealed(scope, sealing, token, secret))
    return Created(token, opens)


async def change(
    database: Database,
    organization_id: UUID,
    token_id: UUID,
    wanted: Mapping[str, Any],
    sealing: Secrets,
) -> WebhookToken:
    """Change a token's `name`, `secret` or `mapping`; None takes away what it had.

    Raises `WebhookTokenNotFound`, and what `create` raises.
    """
    async with database.transaction(organization_id) as scope:
        token = await queries.lock_token(scope, token_id)
        if token is None:
            raise WebhookTokenNotFound("There is no such webhook token.")
        secret, mapping = wanted.get("secret"), wanted.get("mapping", token.mapping)
        _refuse_unfit(require_source(token.source), secret, mapping)
        changed = replace(
            token,
            name=wanted.get("name") or token.name,
            mapping=mapping,
            has_secret=bool(secret) if "secret" in wanted else token.has_secret,
        )
        sealed = await _sealed(scope, sealing, token, secret)
        await queries.update_token(scope, changed, reseal="secret" in wanted, sealed_secret=sealed)
    return changed


async def rotate(database: Database, organization_id: UUID, token_id: UUID) -> Created:
    """Give a webhook a new token; the one before is refused at once. Raises `WebhookTokenNotFound`."""
    opens = secrets.token_urlsafe(TOKEN_BYTES)
    async with database.transaction(organization_id) as scope:
        token = await queries.lock_token(scope, token_id)
        if token is None:
            raise WebhookTokenNotFound("There is no such webhook token.")
        await queries.update_token_hash(scope, token_id, hashed(opens))
    return Created(token, opens)


async def one(database: Database, organization_id: UUID, token_id: UUID) -> WebhookToken:
    """One of the organization's tokens. Raises `WebhookTokenNotFound`."""
    found = [each for each in await list_all(database, organization_id) if each.id == token_id]
    if not found:
        raise WebhookTokenNotFound("There is no such webhook token.")
    return found[0]


def _refuse_unfit(source: Source, secret: str | None, mapping: Mapping[str, str] | None) -> None:
    if secret and not source.proof.takes_secret:
        raise SecretNotTaken(f"{source.title} signs nothing, so that there is no secret to check with.")
    if mapping is not None:
        if source.check_mapping is None:
            raise MappingNotTaken(
                f"How {source.title} maps is not written by hand; the source json takes one."
            )
        source.check_mapping(mapping)


async def _sealed(
    scope: Scope, sealing: Secrets | None, token: WebhookToken, secret: str | None
) -> bytes | None:
    if not secret:
        return None
    return await (sealing or Secrets(None)).seal(scope, KIND, str(token.id), secret)


async def list_all(database: Database, organization_id: UUID) -> Sequence[WebhookToken]:
    """The organization's tokens, oldest first."""
    async with database.scope(organization_id) as scope:
        return await queries.select_tokens(scope)


async def revoke(database: Database, organization_id: UUID, token_id: UUID) -> None:
    """Close a way in, at once. Raises `WebhookTokenNotFound`."""
    async with database.transaction(organization_id) as scope:
        if not await queries.delete_token(scope, token_id):
            raise WebhookTokenNotFound("There is no such webhook token.")


def require_source(name: str) -> Source:
    """The source of that name. Raises `UnknownSource`."""
    found = sources().get(name)
    if found is None:
        raise UnknownSource(f"There is no alert source {name!r}. Known: {', '.join(sorted(sources()))}.")
    return found


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


def shown_once(created: Created, base_url: str) -> CreatedWebhookToken:
    """How a new token is shown to whoever made it: with its URL, now and never again."""
    token = created.token
    return CreatedWebhookToken(
        id=token.id,
        source=token.source,
        name=token.name,
        token=created.secret,
        url=webhook_url(base_url, token.source, created.secret),
    )
