"""What identity looks like outside."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr
from pydantic.alias_generators import to_camel

from aurora_rt.identity import emails
from aurora_rt.identity.models import Caller, Role
from aurora_rt.web.bodies import Body, Shape

Password = Annotated[SecretStr, Field(description="At least 8 characters.")]


class Registration(Body):
    """Somebody new."""

    email: Annotated[str, AfterValidator(emails.valid)]
    password: Password
    name: Annotated[
        str, Field(max_length=200, description="Without one, the e-mail's first part is taken.")
    ] = ""


class Login(Body):
    """Somebody who says who they are."""

    email: str
    password: Password


class PasswordChange(Body, alias_generator=to_camel):
    """A new password, and the old one as proof."""

    current_password: Password
    new_password: Password


class Account(Shape):
    """The user, after registering or signing in."""

    id: str
    email: str
    name: str

    @classmethod
    def of(cls, caller: Caller) -> "Account":
        """The account of `caller`."""
        return cls(id=caller.user_id, email=caller.email, name=caller.name)


class Me(Shape, alias_generator=to_camel):
    """The caller, with organization and role."""

    id: str
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
