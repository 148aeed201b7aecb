"""Registering: somebody new, and an organization of their own."""

import secrets

import structlog

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Connection, Database
from aurora_rt.errors import Conflict, Forbidden
from aurora_rt.identity import emails, queries
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.models import Caller
from aurora_rt.identity.passwords import acceptable

log = structlog.get_logger(__name__)


class EmailTaken(Conflict):
    """Somebody has that e-mail already."""

    code = "email_taken"


class RegistrationClosed(Forbidden):
    """This server takes no new users on their own."""

    code = "registration_closed"


async def register(desk: Desk, email: str, password: str, name: str) -> Caller:
    """Write a new user, admin of a new organization; `email` in its canonical spelling.

    Raises `EmailTaken`, `RegistrationClosed` or `PasswordRefused`. Of two who register the same e-mail at the
    same moment one gets it.
    """
    acceptable(password)
    async with desk.database.connection() as connection:
        await _refuse_if_closed(desk, connection)
        if await queries.email_taken(connection, email):
            raise _taken()
    password_hash = await desk.passwords.hashed(password)  # takes long: no connection is held meanwhile
    caller = Caller(_new_user_id(), new_id(), email, name.strip() or email.partition("@")[0], "admin")
    async with desk.database.transaction(caller.organization_id) as scope:
        await queries.lock_registration(scope)
        await _refuse_if_closed(desk, scope.connection)
        await queries.insert_organization(scope, f"Organization of {caller.name}")
        if not await queries.insert_user(scope, caller, password_hash):
            raise _taken()
    log.info("user_registered", user_id=caller.user_id, organization_id=str(caller.organization_id))
    return caller


async def registered(database: Database, email: str) -> Caller | None:
    """Who registered with that e-mail, however it is spelled; None when nobody did."""
    async with database.connection() as connection:
        known = await queries.credentials_by_email(connection, emails.canonical(email))
    return known.caller if known else None


async def _refuse_if_closed(desk: Desk, connection: Connection) -> None:
    if desk.settings.registration == "first" and await queries.any_user(connection):
        raise RegistrationClosed("This server takes no new users. Ask an admin to invite you.")


def _taken() -> EmailTaken:
    return EmailTaken("User with this email already exists. Sign in instead.")


def _new_user_id() -> str:
    return f"user_{secrets.token_hex(16)}"
