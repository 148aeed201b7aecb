"""What a connector is: how an organization's account with one provider is entered, checked, lent and given up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from aurora_rt.connectors.asking import Wire
from aurora_rt.errors import Unavailable

Kind = Literal["cloud", "source code", "tickets", "chat", "documents"]


@dataclass(frozen=True, slots=True)
class Field:
    """Something to enter."""

    name: str
    title: str
    help: str = ""
    secret: bool = False
    """It is sealed, and never shown again."""
    required: bool = True
    pattern: str = ""
    """What all of it has to match, if anything."""
    example: str = ""
    lines: bool = False
    """It has several lines, such as a key file."""
    address: bool = False
    """It names a server, which is only asked where `guard` allows it."""


@dataclass(frozen=True, slots=True)
class Given:
    """The fields of an account, opened. Beside those of the form there may be what the provider itself gave."""

    values: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        """A value; `""` for what was not entered."""
        return self.values.get(name, "")

    def secret(self, name: str) -> SecretStr:
        """A value that no text may show."""
        return SecretStr(self[name])

    def with_(self, **changes: str) -> "Given":
        """The same with other values."""
        return Given({**self.values, **changes})


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found out: whose account it is."""

    identity: str
    """What the provider knows it by, such as an account number: entered again, it is the same account."""
    title: str
    """By which people know it."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else was seen, as people read it."""
    place: str = ""
    """Which place is looked at unless somebody chooses."""


@dataclass(frozen=True, slots=True)
class Place:
    """One of several places of an account that can be looked at: a project, a subscription."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Lent:
    """What toolsets are given to look with."""

    settings: Mapping[str, object] = field(repr=False)
    """Fields of the settings that the account stands in for, all of the provider's."""
    seconds: float = 60.0
    """How long it may be used again without asking."""
    hosts: tuple[str, ...] = ()
    """Hosts that the organization named, which are only asked where `guard` allows it."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a person needs before anything can be entered."""

    values: Mapping[str, str] = field(default_factory=dict)
    """To copy, by what they are called."""
    link: str = ""
    """Where to go."""
    template: str = ""
    """A file to use there."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Signing in at the provider, by the authorization code flow of OAuth 2.0 with PKCE."""

    problem: Callable[[Wire], str]
    """Why it cannot be used as configured, in a sentence; `""` when it can."""
    off: type[Unavailable]
    """What is raised then."""
    begin: Callable[[Wire, str, str, str], str]
    """(wire, address to come back to, state, code verifier) → where the browser goes."""
    finish: Callable[[Wire, str, str, str], Awaitable[Given]]
    """(wire, address that it came back to, code, code verifier) → the account."""


async def _nothing_to_give_back(_: Given, __: Wire) -> None:
    """Most keys can only be taken back where they were made."""


async def _lasting(_: Given, __: Wire) -> Given | None:
    """Most keys last until somebody takes them back."""
    return None


async def no_setup(_: Wire, __: str) -> Setup:
    """Nothing is needed first."""
    return Setup()


@dataclass(frozen=True, slots=True)
class Connector:
    """A provider. Whatever is asked raises `AccountRefused` or `ProviderAway`, with a sentence for people."""

    name: str
    title: str
    kind: Kind
    help: str
    """Where a person gets what is to be entered; a sentence or two."""
    fields: tuple[Field, ...]
    check: Callable[[Given, Wire], Awaitable[Found]]
    """A real read call with what was entered."""
    url: str = ""
    """The provider's own page about it."""
    complete: Callable[[Given], str] = lambda _: ""
    """Why the fields do not do together, in a sentence; `""` when they do."""
    toolsets: tuple[str, ...] = ()
    """Which toolsets look with it."""
    alone: bool = False
    """Whether those look at nothing else: where the provider is not wanted, they are not used."""
    lend: Callable[[Given, Wire], Awaitable[Lent]] | None = None
    refresh: Callable[[Given, Wire], Awaitable[Given | None]] = _lasting
    """What to keep instead, when what is kept ends soon; `None` when it lasts."""
    disconnect: Callable[[Given, Wire], Awaitable[None]] = _nothing_to_give_back
    """Give it back at the provider."""
    places: Callable[[Given, Wire], Awaitable[tuple[Place, ...]]] | None = None
    """What there is to choose from, if anything; the choice is the value `place`."""
    setup: Callable[[Wire, str], Awaitable[Setup]] = no_setup
    """(wire, an unguessable text that is the organization's) → what is needed first."""
    mark: str = ""
    """The value that takes that text when an account is connected."""
    sign_in: SignIn | None = None
    own: tuple[str, ...] = ()
    """Names of values that the provider itself gave, which are sealed, too: tokens."""

    @property
    def secrets(self) -> frozenset[str]:
        """Names of the values that are sealed."""
        return frozenset(one.name for one in self.fields if one.secret) | frozenset(self.own)
