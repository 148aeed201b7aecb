"""Tokens that stand for a user: API tokens for programs, and socket tokens that open one connection."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database
from aurora_rt.errors import Conflict, Forbidden, Invalid, NotFound
from aurora_rt.identity import queries, token_queries
from aurora_rt.identity.models import ApiToken, Caller, TokenScope
from aurora_rt.identity.sessions import FORGOTTEN_AT_ONCE, LONGEST_TOKEN, SEEN_EVERY, token_hash

API_PREFIX = "aur_"
SOCKET_PREFIX = "aus_"
"""Prefixes by which people, and scanners for leaked secrets, recognize ours."""
TOKEN_BYTES = 32
SOCKET_TOKEN_LIFE = timedelta(seconds=60)
MOST_TOKENS = 100

log = structlog.get_logger(__name__)


class ApiTokenNotFound(NotFound):
    """The caller has no such API token."""

    code = "api_token_not_found"


class TooManyTokens(Conflict):
    """The caller has as many API tokens as one may have."""

    code = "too_many_tokens"


class TokenScopeTooNarrow(Forbidden):
    """The API token does not allow this."""

    code = "token_scope"


@dataclass(frozen=True, slots=True)
class Created:
    """A new API token; `secret` is shown now and never again."""

    token: ApiToken
    secret: str


async def create(
    database: Database, caller: Caller, name: str, scope: TokenScope, expires_at: datetime | None
) -> Created:
    """Make an API token. Raises `Invalid` for an end in the past, `TooManyTokens`, `TokenScopeTooNarrow`.

    A token makes no tokens: one that leaks could otherwise outlive its own end.
    """
    if caller.limited_to is not None:
        raise TokenScopeTooNarrow("An API token cannot make API tokens. Sign in with your password.")
    moment = now()
    if expires_at is not None and expires_at <= moment:
        raise Invalid('The field "expiresAt" is wrong: it lies in the past.')
    secret = API_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken(new_id(), name, scope, moment, expires_at, None)
    async with database.transaction(caller.organization_id) as within:
        # Locks the user's row, so that tokens made at the same moment are counted one after the other.
        if await token_queries.count_tokens(within, caller.user_id) >= MOST_TOKENS:
            raise TooManyTokens(f"You have {MOST_TOKENS} API tokens. Revoke one that is not used any more.")
        await token_queries.insert_api_token(within, caller.user_id, token, token_hash(secret))
    log.info("api_token_created", user_id=caller.user_id, token_id=str(token.id), scope=scope)
    return Created(token, secret)


async def list_own(database: Database, caller: Caller) -> Sequence[ApiToken]:
    """The caller's API tokens, oldest first, ended ones included."""
    async with database.scope(caller.organization_id) as scope:
        return await token_queries.api_tokens(scope, caller.user_id)


async def revoke(database: Database, caller: Caller, token_id: UUID) -> None:
    """End one of the caller's API tokens, at once. Raises `ApiTokenNotFound`."""
    async with database.scope(caller.organization_id) as scope:
        if not await token_queries.delete_api_token(scope, caller.user_id, token_id):
            raise ApiTokenNotFound("You have no such API token.")
    log.info("api_token_revoked", user_id=caller.user_id, token_id=str(token_id))


async def socket_token(database: Database, caller: Caller) -> str:
    """A token that opens one Socket.IO connection as the caller, within a minute."""
    secret = SOCKET_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    async with database.scope(caller.organization_id) as scope:
        await token_queries.delete_ended_socket_tokens(scope.connection, now(), FORGOTTEN_AT_ONCE)
        await token_queries.insert_socket_token(scope, token_hash(secret), caller, now() + SOCKET_TOKEN_LIFE)
    return secret


async def caller_of(database: Database, secret: str) -> Caller | None:
    """The user for whom an API token stands, limited to its scope; None when it is unknown or has ended."""
    if not secret.startswith(API_PREFIX) or len(secret) > LONGEST_TOKEN:
        return None
    moment = now()
    async with database.connection() as connection:
        found = await token_queries.api_token_by_hash(connection, token_hash(secret), moment)
        if found is None:
            return None
        caller, token = found
        if token.last_used_at is None or moment - token.last_used_at > SEEN_EVERY:
            await token_queries.touch_api_token(connection, token.id, moment)
    return replace(caller, limited_to=token.scope, credential=f"token:{token.id}")


async def caller_connecting(database: Database, secret: str) -> Caller | None:
    """The user behind the token of a Socket.IO connect packet.

    A socket token is used up by asking, and opens nothing once the session or token that made it has ended.
    """
    if not secret.startswith(SOCKET_PREFIX) or len(secret) > LONGEST_TOKEN:
        return await caller_of(database, secret)
    async with database.connection() as connection:
        caller = await token_queries.take_socket_token(connection, token_hash(secret), now())
        if caller and await queries.lasting_credentials(connection, [caller.credential], now()):
            return caller
    return None
