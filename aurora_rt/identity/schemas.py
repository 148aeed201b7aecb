"""What identity looks like outside."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic.alias_generators import to_camel

from aurora_rt.identity import emails, passwords
from aurora_rt.identity.models import ApiToken, Caller, Invitation, OwnSession, Role, TokenScope
from aurora_rt.web.bodies import Body, Shape
from aurora_rt.web.moments import SentMoment

UserId = Annotated[str, Field(examples=["user_0c8e6f1ab5d94c3f9e27d1a04b7c5e68"])]
Password = Annotated[SecretStr, Field(description="The password as it was set.")]
NewPassword = Annotated[
    SecretStr,
    Field(
        description="At least 8 characters.",
        json_schema_extra={"minLength": passwords.SHORTEST, "maxLength": passwords.LONGEST},
    ),
]


class Registration(Body):
    """Somebody new."""

    email: Annotated[str, AfterValidator(emails.valid), Field(json_schema_extra={"format": "email"})]
    password: NewPassword
    name: Annotated[
        str,
        Field(
            max_length=200,
            description="Without one, the e-mail's first part is taken.",
            examples=["Ada Lovelace"],
        ),
    ] = ""
    invitation: Annotated[
        str | None, Field(max_length=256, description="The token of an invitation, to join its organization.")
    ] = None


class Login(Body):
    """Somebody who says who they are."""

    email: str
    password: Password


class PasswordChange(Body, alias_generator=to_camel):
    """A new password, and the old one as proof."""

    current_password: Password
    new_password: NewPassword


class ProfileChange(Body):
    """What people change of themselves."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
        Field(examples=["Ada Lovelace"]),
    ]


class Account(Shape):
    """The user, after registering or signing in."""

    id: UserId
    email: str
    name: str

    @classmethod
    def of(cls, caller: Caller) -> "Account":
        """The account of `caller`."""
        return cls(id=caller.user_id, email=caller.email, name=caller.name)


class Me(Shape, alias_generator=to_camel):
    """The caller, with organization and role."""

    id: UserId
    email: str
    name: str
    role: Role
    org_id: UUID
    org_name: str

    @classmethod
    def of(cls, caller: Caller, organization_name: str) -> "Me":
        """What `caller` is told about themselves."""
        return cls(
            id=caller.user_id,
            email=caller.email,
            name=caller.name,
            role=caller.role,
            org_id=caller.organization_id,
            org_name=organization_name,
        )


class Done(Shape):
    """That something was done, in a sentence."""

    message: str


class NewApiToken(Body, alias_generator=to_camel):
    """A token to be made."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
        Field(examples=["deploy script"]),
    ]
    scope: TokenScope = "read"
    expires_at: Annotated[
        SentMoment | None, Field(description="RFC 3339. Without it the token lasts until it is revoked.")
    ] = None


class ShownApiToken(Shape, alias_generator=to_camel):
    """An API token, without the token itself."""

    id: UUID
    name: Annotated[str, Field(examples=["deploy script"])]
    scope: TokenScope
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, token: ApiToken) -> "ShownApiToken":
        """What is shown of `token`."""
        return cls.model_validate(token, from_attributes=True)


class CreatedApiToken(ShownApiToken):
    """A new API token."""

    token: Annotated[str, Field(description="Shown now and never again.")]


class ApiTokens(Shape):
    """The caller's API tokens."""

    tokens: tuple[ShownApiToken, ...]


class SocketToken(Shape, alias_generator=to_camel):
    """Opens one Socket.IO connection, as `auth.token`."""

    token: str
    expires_in: Annotated[int, Field(description="Seconds.", examples=[60])]


class ShownLogin(Shape, alias_generator=to_camel):
    """A browser in which the caller is signed in."""

    id: UUID
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    current: Annotated[bool, Field(description="Whether it is the one that asks.")]

    @classmethod
    def of(cls, session: OwnSession) -> "ShownLogin":
        """What is shown of `session`."""
        return cls.model_validate(session, from_attributes=True)


class Logins(Shape):
    """Where the caller is signed in."""

    sessions: tuple[ShownLogin, ...]


class NewInvitation(Body, alias_generator=to_camel):
    """Somebody to be invited."""

    role: Role
    expires_in_days: Annotated[int, Field(ge=1, le=30, description="Days in which the link can be used.")] = 7


class ShownInvitation(Shape, alias_generator=to_camel):
    """An open invitation, without its link."""

    id: UUID
    role: Role
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> "ShownInvitation":
        """What is shown of `invitation`."""
        return cls.model_validate(invitation, from_attributes=True)


class CreatedInvitation(ShownInvitation):
    """A new invitation."""

    token: Annotated[str, Field(description="Shown now and never again; `invitation` of a registration.")]
    link: str


class Invitations(Shape):
    """The organization's open invitations."""

    invitations: tuple[ShownInvitation, ...]


class HeldInvitation(Body):
    """The token of an invitation, as its link has it."""

    token: Annotated[str, Field(min_length=1, max_length=256)]


class WhereInvited(Shape, alias_generator=to_camel):
    """Where an invitation leads."""

    organization: Annotated[str, Field(examples=["Organization of Ada Lovelace"])]
    role: Role
    expires_at: datetime


class RoleChange(Body):
    """Another role for a member."""

    role: Role


class ShownMember(Shape):
    """A member of the organization."""

    id: UserId
    email: str
    name: str
    role: Role

    @classmethod
    def of(cls, member: Caller) -> "ShownMember":
        """What other members see of `member`."""
        return cls(id=member.user_id, email=member.email, name=member.name, role=member.role)


class Members(Shape):
    """The organization's members."""

    members: tuple[ShownMember, ...]
