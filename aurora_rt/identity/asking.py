"""Who is asking: from what the wire tells to a user, for REST and for the Socket.IO handshake alike."""

from collections.abc import Collection
from dataclasses import replace

from aurora_rt.clock import now
from aurora_rt.db.pool import Database
from aurora_rt.errors import Unauthenticated
from aurora_rt.identity import queries, sessions, tokens
from aurora_rt.identity.models import Caller
from aurora_rt.identity.trust import trusted_user_id
from aurora_rt.settings import Settings
from aurora_rt.web.visitor import Visitor

COOKIE = "aurora_session"


async def resolve(
    database: Database, settings: Settings, visitor: Visitor, connecting_with: str | None = None
) -> Caller | None:
    """The user behind a visitor; None for nobody we know.

    The first that is given counts: session cookie, the token of a Socket.IO connect packet
    (`connecting_with`), bearer token, X-User-ID where it is trusted. A cookie that has ended is passed over,
    as browsers keep them; a token that is wrong is not, since whoever sends one means it.
    """
    cookie = visitor.cookie(COOKIE)
    if cookie and (caller := await sessions.caller_of(database, cookie)):
        return caller
    if connecting_with is not None:
        return await tokens.caller_connecting(database, connecting_with)
    if (token := bearer(visitor)) is not None:
        return await tokens.caller_of(database, token)
    user_id = trusted_user_id(settings, visitor)
    if user_id is None:
        return None
    async with database.connection() as connection:
        caller = await queries.caller_by_id(connection, user_id)
    return replace(caller, credential=f"user:{user_id}") if caller else None


async def lasting(database: Database, credentials: Collection[str]) -> set[str]:
    """Those of several callers' credentials that are still good."""
    async with database.connection() as connection:
        return await queries.lasting_credentials(connection, credentials, now())


async def asking_still(database: Database, caller: Caller) -> Caller:
    """Who connected some time ago, as they are now.

    Raises `Unauthenticated` when they are no user any more, or when the session or token that they came with has ended.
    """
    async with database.connection() as connection:
        found = await queries.caller_by_id(connection, caller.user_id)
        lasts = await queries.lasting_credentials(connection, [caller.credential], now())
    if found is None or found.organization_id != caller.organization_id or not lasts:
        raise Unauthenticated("Sign in first.")
    return replace(found, limited_to=caller.limited_to, credential=caller.credential)


def bearer(visitor: Visitor) -> str | None:
    """The token of `Authorization: Bearer` (RFC 6750, section 2.1); None when there is none."""
    scheme, _, token = (visitor.header("authorization") or "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
