"""Accounts as the API shows and takes them. What is secret is taken and never shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from aurora_rt.clock import rfc3339
from aurora_rt.connectors import connector as connectors
from aurora_rt.connectors.accounts import GivenUp
from aurora_rt.connectors.models import KeptAccount
from aurora_rt.connectors.standing import Standing
from aurora_rt.web.bodies import Body
from aurora_rt.web.query import Query

Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class _Camel(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class ShownField(_Camel):
    """Something to enter."""

    name: str
    title: str
    help: str
    secret: bool
    """Never shown again; left out of a change, it stays."""
    required: bool
    pattern: str
    example: str
    lines: bool

    @classmethod
    def of(cls, one: connectors.Field) -> "ShownField":
        """A field of a form."""
        return cls(
            name=one.name,
            title=one.title,
            help=one.help,
            secret=one.secret,
            required=one.required,
            pattern=one.pattern,
            example=one.example,
            lines=one.lines,
        )


class ShownAccount(_Camel):
    """An account, without what is secret in it."""

    id: UUID
    provider: Annotated[str, Field(examples=["aws"])]
    title: Annotated[str, Field(examples=["111122223333"])]
    fields: dict[str, str]
    """What was entered and is no secret."""
    facts: dict[str, str]
    """What the last check found."""
    place: str
    """Which of its places is looked at: a project, a subscription; empty where there is one."""
    created_by: str
    created_at: Moment
    updated_by: str
    updated_at: Moment

    @classmethod
    def of(cls, account: KeptAccount) -> "ShownAccount":
        """An account as it is shown."""
        fields = dict(account.shown.get("fields", {}))
        return cls(
            id=account.id,
            provider=account.provider,
            title=account.title,
            place=fields.pop("place", ""),
            fields=fields,
            facts=dict(account.shown.get("facts", {})),
            created_by=account.created_by,
            created_at=account.created_at,
            updated_by=account.updated_by,
            updated_at=account.updated_at,
        )


class ShownConnector(_Camel):
    """A provider, how an account with it is connected, and the accounts that are."""

    name: str
    title: str
    kind: Literal["cloud", "source code", "tickets", "chat", "documents"]
    help: str
    url: str
    toolsets: tuple[str, ...]
    """Which toolsets look with its accounts."""
    signs_in: bool
    """Whether an account is connected by signing in there, too."""
    sign_in_problem: str
    """Why that cannot be used as things are."""
    has_setup: bool
    has_places: bool
    fields: tuple[ShownField, ...]
    accounts: tuple[ShownAccount, ...]


class ShownConnectors(_Camel):
    """All connectors, and whether accounts can be stored."""

    connectors: tuple[ShownConnector, ...]
    accounts_can_be_stored: bool


class ShownStanding(_Camel):
    """How an account is."""

    id: UUID
    title: str
    state: Literal["connected", "refused", "locked", "away"]
    """`locked`: it cannot be decrypted; `away`: the provider does not answer, so nothing is known."""
    problem: str
    checked_at: Moment

    @classmethod
    def of(cls, standing: Standing) -> "ShownStanding":
        """A standing as it is shown."""
        return cls(
            id=standing.account.id,
            title=standing.account.title,
            state=standing.state,
            problem=standing.problem,
            checked_at=standing.at,
        )


class ProviderStanding(_Camel):
    """How the accounts with one provider are."""

    connected: bool
    """Whether there is one that the provider does not refuse and that can be decrypted."""
    accounts: tuple[ShownStanding, ...]


class ShownStatus(_Camel):
    """How all accounts are, by provider."""

    connectors: dict[str, ProviderStanding]

    @classmethod
    def of(cls, names: Mapping[str, object], standings: tuple[Standing, ...]) -> "ShownStatus":
        """The standings by provider, those without accounts too."""
        every = {name: tuple(one for one in standings if one.account.provider == name) for name in names}
        return cls(
            connectors={
                name: ProviderStanding(
                    connected=any(one.state in ("connected", "away") for one in found),
                    accounts=tuple(map(ShownStanding.of, found)),
                )
                for name, found in every.items()
            }
        )


Values = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=40_000)]],
    Field(max_length=30, examples=[{"token": "…"}]),
]


class AccountFields(Body, alias_generator=to_camel):
    """The fields of an account, by name. In a change, secrets that are left out stay."""

    fields: Values = Field(default_factory=dict)


class PlaceChosen(Body, alias_generator=to_camel):
    """Which place of an account is looked at."""

    place: Annotated[str, Field(min_length=1, max_length=200, examples=["shop-production"])]


class ShownPlace(_Camel):
    """A place that can be looked at: a project, a subscription."""

    id: str
    title: str


class ShownPlaces(_Camel):
    """The places of an account."""

    places: tuple[ShownPlace, ...]


class ShownSetup(_Camel):
    """What a person needs before anything can be entered."""

    values: dict[str, str]
    link: str
    template: str


class AccountsDone(_Camel):
    """What was done."""

    success: bool = True
    message: str

    @classmethod
    def of(cls, connector: connectors.Connector, gone: GivenUp) -> "AccountsDone":
        """What became of accounts that were disconnected."""
        if not gone.complaint:
            return cls(message=f"{connector.title} disconnected")
        return cls(
            message=f"{connector.title} disconnected here, but not there, where the key should be taken back: "
            f"{gone.complaint}"
        )


class SignInAsked(Body, alias_generator=to_camel, extra="forbid"):
    """Whose sign-in is begun; the caller's own id."""

    user_id: Annotated[str | None, Field(max_length=200, examples=["user_abc123"])] = None


class CameBackWith(Query):
    """What a provider sends the browser back with (RFC 6749, 4.1.2)."""

    state: str = ""
    code: str = ""
    error: str = ""


class SentOn(BaseModel):
    """Where a browser is sent on to."""

    location: Annotated[
        str, Field(examples=["https://aurora.example.com/settings/accounts?login=gcp_success"])
    ]


class SignInBegun(BaseModel):
    """Where the browser goes."""

    login_url: Annotated[str, Field(examples=["https://accounts.google.com/o/oauth2/auth?…"])]


class ServiceAccountEntered(Body):
    """The JSON key of a service account: as text or as the object that it is."""

    service_account_json: str | dict[str, str]


class ServiceAccountConnected(BaseModel):
    """A service account that is connected."""

    success: bool = True
    email: str
    default_project_id: str
    accessible_projects: tuple[str, ...]


class ConnectedAccount(_Camel):
    """An account, as former clients list it."""

    is_connected: bool = True
    name: str
    display_text: str


class ConnectedAccounts(_Camel):
    """The first account with each provider."""

    accounts: dict[str, ConnectedAccount]


class FormerFields(Body):
    """The fields of an account as former clients call them, such as `apiToken`."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [{"apiToken": "…"}]})


class FormerlyConnected(_Camel):
    """An account that a former client connected."""

    success: bool = True
    message: str
    account_name: str


class FormerStatus(_Camel):
    """Whether an account is connected."""

    connected: bool
    provider: str
