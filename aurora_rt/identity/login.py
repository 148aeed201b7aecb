"""Proving who one is with a password, and changing it."""

import structlog

from aurora_rt.errors import Unauthenticated
from aurora_rt.identity import emails, queries, session_queries, sessions
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.guard import guarded
from aurora_rt.identity.models import Caller, Credentials
from aurora_rt.identity.passwords import acceptable

log = structlog.get_logger(__name__)


class WrongCredentials(Unauthenticated):
    """No user has that e-mail and that password; which of the two is wrong is not said."""

    code = "invalid_credentials"


class WrongPassword(Unauthenticated):
    """The present password was not given right."""

    code = "wrong_password"


async def login(desk: Desk, email: str, password: str, address: str) -> Credentials:
    """The user with that e-mail and password, and the hash that it matched.

    Raises `WrongCredentials`, after too many `TooMany`.
    """
    email = emails.canonical(email)
    async with guarded(desk.limits, email, address) as attempt:
        async with desk.database.connection() as connection:
            known = await queries.credentials_by_email(connection, email)
        attempt.wrong = not await desk.passwords.matches(password, known.password_hash if known else None)
    if known is None or attempt.wrong:
        reason = "wrong_password" if known else "unknown_email"
        log.warning("login_failed", reason=reason, email_hash=emails.fingerprint(email), address=address)
        raise WrongCredentials("Invalid credentials: the e-mail or the password is wrong.")
    log.info("login_succeeded", user_id=known.caller.user_id)
    return known


async def change_password(
    desk: Desk, caller: Caller, current: str, new: str, address: str, token: str | None
) -> None:
    """Replace the caller's password and end all their sessions but the one of `token`.

    Raises `WrongPassword`, `PasswordRefused`, or `TooMany` after too many wrong ones.
    """
    acceptable(new, "New password")
    async with guarded(desk.limits, caller.email, address) as attempt:
        async with desk.database.scope(caller.organization_id) as scope:
            old_hash = await queries.password_hash(scope, caller.user_id)
        attempt.wrong = not await desk.passwords.matches(current, old_hash)
    if old_hash is None or attempt.wrong:
        log.warning("password_change_failed", user_id=caller.user_id, address=address)
        raise WrongPassword("Current password is incorrect.")
    new_hash = await desk.passwords.hashed(new)
    async with desk.database.transaction(caller.organization_id) as scope:
        if not await queries.replace_password(scope, caller.user_id, old_hash, new_hash):
            raise WrongPassword("Current password is incorrect: it was changed a moment ago.")
        await session_queries.delete_other_sessions(scope, caller.user_id, sessions.token_hash(token or ""))
    log.info("password_changed", user_id=caller.user_id)
