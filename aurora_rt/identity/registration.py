"""Registering: somebody new, and an organization of their own."""

import secrets
from uuid import UUID

import structlog

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Connection, Database, Scope
from aurora_rt.errors import Conflict, Forbidden
from aurora_rt.identity import emails, member_queries, queries
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.models import Caller, Destination, Role
from aurora_rt.identity.passwords import acceptable
from aurora_rt.identity.sessions import token_hash

log = structlog.get_logger(__name__)


class EmailTaken(Conflict):
    """Somebody has that e-mail already."""

    code = "email_taken"


class RegistrationClosed(Forbidden):
    """This server takes no new users on their own."""

    code = "registration_closed"


class InvitationInvalid(Forbidden):
    """The invitation is unknown, used, withdrawn or too old."""

    code = "invitation_invalid"


async def register(desk: Desk, email: str, password: str, name: str, invitation: str | None = None) -> Caller:
    """Write a new user, `email` in its canonical spelling.

    Without an invitation they are admin of a new organization, with one they join its organization.

    Raises `EmailTaken`, `RegistrationClosed`, `InvitationInvalid` or `PasswordRefused`. Of two who register the
    same e-mail, or use the same invitation, at the same moment one gets it.
    """
    acceptable(password)
    async with desk.database.connection() as connection:
        organization_id, role = await _place(desk, connection, invitation)
        if await queries.email_taken(connection, email):
            raise _taken()
    password_hash = await desk.passwords.hashed(password)  # takes long: no connection is held meanwhile
    caller = Caller(_new_user_id(), organization_id, email, name.strip() or email.partition("@")[0], role)
    async with desk.database.transaction(organization_id) as scope:
        await queries.lock_registration(scope)
        await _place(desk, scope.connection, invitation)  # it may be gone by now
        if invitation is None:
            await queries.insert_organization(scope, f"Organization of {caller.name}")
        else:
            await _use(scope, invitation)
        if not await queries.insert_user(scope, caller, password_hash):
            raise _taken()
    log.info("user_registered", user_id=caller.user_id, organization_id=str(organization_id), role=role)
    return caller


async def invited(database: Database, invitation: str) -> Destination:
    """Where an invitation leads, for whoever holds it. Raises `InvitationInvalid`."""
    async with database.connection() as connection:
        found = await member_queries.where_invited(connection, token_hash(invitation), now())
    if found is None:
        raise _not_invited()
    return found


async def registered(database: Database, email: str) -> Caller | None:
    """Who registered with that e-mail, however it is spelled; None when nobody did."""
    async with database.connection() as connection:
        known = await queries.credentials_by_email(connection, emails.canonical(email))
    return known.caller if known else None


async def _place(desk: Desk, connection: Connection, invitation: str | None) -> tuple[UUID, Role]:
    """Where somebody new belongs, and as what."""
    if invitation is not None:
        invited = await member_queries.invited_to(connection, token_hash(invitation), now())
        if invited is None:
            raise _not_invited()
        return invited
    # By invitation alone still takes the very first user: nobody could invite them.
    if desk.settings.registration != "open" and await queries.any_user(connection):
        raise RegistrationClosed("This server takes no new users. Ask an admin to invite you.")
    return new_id(), "admin"


async def _use(scope: Scope, invitation: str) -> None:
    if not await member_queries.use_invitation(scope, token_hash(invitation)):
        raise _not_invited()


def _not_invited() -> InvitationInvalid:
    return InvitationInvalid("This invitation was used, taken back, or is too old. Ask for another one.")


def _taken() -> EmailTaken:
    return EmailTaken("User with this email already exists. Sign in instead.")


def _new_user_id() -> str:
    return f"user_{secrets.token_hex(16)}"
