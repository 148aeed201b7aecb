"""Members of an organization, and invitations by which there come to be more."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from aurora_rt.clock import new_id, now
from aurora_rt.db.pool import Database, Scope
from aurora_rt.errors import Conflict, NotFound
from aurora_rt.identity import member_queries
from aurora_rt.identity.models import Caller, Invitation, Role
from aurora_rt.identity.sessions import FORGOTTEN_AT_ONCE, TOKEN_BYTES, token_hash

MOST_INVITATIONS = 100

log = structlog.get_logger(__name__)


class InvitationNotFound(NotFound):
    """The organization has no such invitation."""

    code = "invitation_not_found"


class MemberNotFound(NotFound):
    """The organization has no such member."""

    code = "member_not_found"


class TooManyInvitations(Conflict):
    """The organization has as many open invitations as it may have."""

    code = "too_many_invitations"


class LastAdmin(Conflict):
    """The organization would be left without an admin."""

    code = "last_admin"


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation; `secret` is shown now and never again."""

    invitation: Invitation
    secret: str


async def invite(database: Database, caller: Caller, role: Role, lasts: timedelta) -> Invited:
    """Make a way into the caller's organization, for one person, while it `lasts`. Raises `TooManyInvitations`."""
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    moment = now()
    invitation = Invitation(new_id(), role, moment, moment + lasts)
    async with database.transaction(caller.organization_id) as scope:
        await member_queries.delete_ended_invitations(scope.connection, moment, FORGOTTEN_AT_ONCE)
        # Locks the organization's row, so that invitations made at the same moment are counted one after the other.
        if await member_queries.count_invitations(scope, moment) >= MOST_INVITATIONS:
            raise TooManyInvitations(
                f"There are {MOST_INVITATIONS} open invitations. Withdraw one that is not needed any more."
            )
        await member_queries.insert_invitation(scope, invitation, token_hash(secret))
    log.info("member_invited", user_id=caller.user_id, invitation_id=str(invitation.id), role=role)
    return Invited(invitation, secret)


async def invitations(database: Database, caller: Caller) -> Sequence[Invitation]:
    """The invitations that nobody has used and that have not ended, oldest first."""
    async with database.scope(caller.organization_id) as scope:
        return await member_queries.invitations(scope, now())


async def withdraw(database: Database, caller: Caller, invitation_id: UUID) -> None:
    """Take an invitation back. Raises `InvitationNotFound`."""
    async with database.scope(caller.organization_id) as scope:
        if not await member_queries.delete_invitation(scope, invitation_id):
            raise InvitationNotFound("There is no such invitation; it may have been used.")


async def members(database: Database, caller: Caller) -> Sequence[Caller]:
    """Everybody in the caller's organization, in the order in which they came."""
    async with database.scope(caller.organization_id) as scope:
        return await member_queries.members(scope)


async def change_role(database: Database, caller: Caller, user_id: str, role: Role) -> None:
    """Give a member another role. Raises `MemberNotFound`, or `LastAdmin` when no admin would be left."""
    async with database.transaction(caller.organization_id) as scope:
        if role != "admin":
            await _keep_an_admin(scope, user_id)
        if not await member_queries.set_role(scope, user_id, role):
            raise MemberNotFound("There is no such member.")
    log.info("role_changed", by=caller.user_id, user_id=user_id, role=role)


async def remove(database: Database, caller: Caller, user_id: str) -> None:
    """Remove a member with their sessions and tokens. Raises `MemberNotFound`, or `LastAdmin`."""
    async with database.transaction(caller.organization_id) as scope:
        await _keep_an_admin(scope, user_id)
        if not await member_queries.delete_user(scope, user_id):
            raise MemberNotFound("There is no such member.")
    log.info("member_removed", by=caller.user_id, user_id=user_id)


async def _keep_an_admin(scope: Scope, leaving: str) -> None:
    # Two admins who step down at once wait for each other here.
    if await member_queries.lock_admins(scope) == [leaving]:
        raise LastAdmin("This is the last admin. Make somebody else an admin first.")
