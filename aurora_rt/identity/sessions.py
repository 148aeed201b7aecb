"""Sessions: a browser that stays signed in. It holds a token; we hold the token's SHA-256."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database
from aurora_rt.errors import NotFound, Unauthenticated
from aurora_rt.identity import session_queries
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.models import Browser, Caller, OwnSession

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
"""How exactly `last_seen_at` is kept: one write a minute for each browser at most."""
FORGOTTEN_AT_ONCE = 100
LONGEST_TOKEN = 256
LONGEST_AGENT = 300


class LoginSessionNotFound(NotFound):
    """The caller has no such session."""

    code = "login_session_not_found"


async def begin(desk: Desk, caller: Caller, browser: Browser, proven_by: str | None = None) -> str:
    """Sign a browser in; returns the token that it is to keep.

    `proven_by` is the hash that the password was checked against. Raises `Unauthenticated` when the password was
    changed since, or the user removed: no session may outlive that by having been begun at the same moment.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = now() + timedelta(days=desk.settings.session_days)
    remembered = Browser(browser.address, browser.agent[:LONGEST_AGENT])
    async with desk.database.scope(caller.organization_id) as scope:
        await session_queries.delete_ended_sessions(scope.connection, now(), FORGOTTEN_AT_ONCE)
        begun = await session_queries.insert_session(
            scope, new_id(), token_hash(token), caller.user_id, expires_at, remembered, proven_by
        )
    if not begun:
        raise Unauthenticated("Your account changed while you signed in. Sign in again.")
    return token


async def end(database: Database, token: str) -> None:
    """Sign a browser out. A token that is unknown or has ended already is none to end."""
    async with database.connection() as connection:
        await session_queries.delete_session(connection, token_hash(token))


async def list_own(database: Database, caller: Caller, token: str | None) -> Sequence[OwnSession]:
    """Where the caller is signed in; the session of `token` is marked as the current one."""
    async with database.scope(caller.organization_id) as scope:
        return await session_queries.own_sessions(scope, caller.user_id, token_hash(token or ""), now())


async def end_own(database: Database, caller: Caller, session_id: UUID) -> None:
    """Sign one of the caller's browsers out. Raises `LoginSessionNotFound`."""
    async with database.scope(caller.organization_id) as scope:
        if not await session_queries.delete_own_session(scope, caller.user_id, session_id):
            raise LoginSessionNotFound("You have no such session; it may have ended already.")


async def end_others(database: Database, caller: Caller, token: str | None) -> None:
    """Sign the caller out everywhere but in the browser of `token`."""
    async with database.scope(caller.organization_id) as scope:
        await session_queries.delete_other_sessions(scope, caller.user_id, token_hash(token or ""))


async def caller_of(database: Database, token: str) -> Caller | None:
    """Who signed in with that token, while the session lasts."""
    if len(token) > LONGEST_TOKEN:
        return None
    moment = now()
    async with database.connection() as connection:
        session = await session_queries.session_by_token(connection, token_hash(token), moment)
        if session is None:
            return None
        if moment - session.last_seen_at > SEEN_EVERY:
            await session_queries.touch_session(connection, session.id, moment)
    return replace(session.caller, credential=f"session:{session.id}")


def token_hash(token: str) -> bytes:
    """What is stored of a token. It is random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
