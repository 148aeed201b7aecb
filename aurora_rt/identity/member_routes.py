"""Members and invitations over REST."""

from datetime import timedelta
from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.db.pool import Database
from aurora_rt.identity import members, registration
from aurora_rt.identity.http import Callers, needs
from aurora_rt.identity.registration import InvitationInvalid
from aurora_rt.identity.schemas import (
    CreatedInvitation,
    Done,
    HeldInvitation,
    Invitations,
    Members,
    NewInvitation,
    RoleChange,
    ShownInvitation,
    ShownMember,
    WhereInvited,
)
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails, public
from aurora_rt.web.visitor import here


def routes(settings: Settings, database: Database, callers: Callers) -> Blueprint:
    """The routes below `/api/organization`."""
    blueprint = Blueprint("organization", __name__, url_prefix="/api/organization")

    @blueprint.get("/members")
    @document_response(Members)
    async def list_members() -> Response:
        """Everybody in the organization."""
        found = await members.members(database, await callers.current())
        return answer(Members(members=tuple(map(ShownMember.of, found))))

    @blueprint.patch("/members/<member_id>")
    @document_request(RoleChange)
    @document_response(Done)
    @needs("admin")
    async def change_role(member_id: str) -> Response:
        """Give a member another role; there is always an admin left."""
        caller = await callers.current()
        wanted = await read_json(RoleChange)
        await members.change_role(database, caller, member_id, wanted.role)
        return answer(Done(message="Role changed"))

    @blueprint.delete("/members/<member_id>")
    @document_response(Done)
    @needs("admin")
    async def remove(member_id: str) -> Response:
        """Remove a member, whose sessions and tokens end at once; there is always an admin left."""
        await members.remove(database, await callers.current(), member_id)
        return answer(Done(message="Member removed"))

    @blueprint.get("/invitations")
    @document_response(Invitations)
    @needs("admin")
    async def list_invitations() -> Response:
        """The invitations that are open, without their links."""
        found = await members.invitations(database, await callers.current())
        return answer(Invitations(invitations=tuple(map(ShownInvitation.of, found))))

    @blueprint.post("/invitations")
    @document_request(NewInvitation)
    @document_response(CreatedInvitation, 201)
    @needs("admin")
    async def invite() -> Response:
        """Invite somebody, with a link that is shown once and lasts as many days as are asked for."""
        caller = await callers.current()
        wanted = await read_json(NewInvitation)
        made = await members.invite(database, caller, wanted.role, timedelta(days=wanted.expires_in_days))
        base_url = (settings.public_url or here().own_origin).rstrip("/")
        shown = ShownInvitation.of(made.invitation)
        link = f"{base_url}/login?invitation={made.secret}"
        return answer(CreatedInvitation(**dict(shown), token=made.secret, link=link), 201)

    @blueprint.post("/invitation")
    @public
    @fails(InvitationInvalid)
    @document_request(HeldInvitation)
    @document_response(WhereInvited)
    async def look_at_invitation() -> Response:
        """Where an invitation leads, for whoever holds it; its token comes in the body, which no log keeps."""
        found = await registration.invited(database, (await read_json(HeldInvitation)).token)
        return answer(
            WhereInvited(organization=found.organization, role=found.role, expires_at=found.expires_at)
        )

    @blueprint.delete("/invitations/<uuid:invitation_id>")
    @document_response(Done)
    @needs("admin")
    async def withdraw(invitation_id: UUID) -> Response:
        """Take an invitation back."""
        await members.withdraw(database, await callers.current(), invitation_id)
        return answer(Done(message="Invitation withdrawn"))

    return blueprint
