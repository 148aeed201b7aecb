"""The databases that a setting names: `name=url`, or only a URL, whose host is then the name. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pydantic import SecretStr


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of database that can be configured."""

    what: str
    """What it is called in sentences: `PostgreSQL`."""
    setting: str
    schemes: Collection[str]
    port: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A database to look at. Nothing that is shown of it holds credentials."""

    name: str
    kind: Kind
    scheme: str
    host: str
    """`""` when it is reached through a socket."""
    port: int
    socket: str
    """The path of its Unix socket, or of the directory of it; `""`: by network."""
    user: str
    database: str
    password: SecretStr = field(repr=False)
    url: SecretStr = field(repr=False)

    @property
    def place(self) -> str:
        """`host:port`, or the socket, for sentences."""
        if self.socket:
            return self.socket
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def at(self) -> str:
        """What it is and where, as sentences begin: `The PostgreSQL orders at db-1:5432`."""
        named = "" if self.name == self.host else f" {self.name}"
        return f"The {self.kind.what}{named} at {self.place}"


class Misaddressed(Exception):
    """A setting that names no databases; `reason` is a sentence without credentials."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_NEVER: Final = SecretStr("")


def complaint(configured: Sequence[SecretStr], kind: Kind) -> str | None:
    """Why there is no database to ask, in a sentence; `None` when there is one."""
    if not configured:
        return f"No {kind.what} is configured: {kind.setting} is not set."
    try:
        watched(configured, kind)
    except Misaddressed as wrong:
        return wrong.reason
    return None


def watched(configured: Sequence[SecretStr], kind: Kind) -> tuple[Watched, ...]:
    """The databases of a setting. Raises `Misaddressed`."""
    found = tuple(_one(text.get_secret_value(), n, kind) for n, text in enumerate(configured, 1))
    twice = [name for name, count in Counter(one.name for one in found).items() if count > 1]
    if twice:
        raise Misaddressed(
            f"Several databases in {kind.setting} are called {twice[0]}; name=url gives each its own name."
        )
    return found


def _one(text: str, number: int, kind: Kind) -> Watched:
    name, url = _named(text)
    wrong = Misaddressed(
        f"Entry {number} of {kind.setting} is not an address such as {min(kind.schemes, key=len)}://host:port "
        "(a comma, @ or / in a password is written percent-encoded)."
    )
    try:
        parts = urlsplit(url)
        port, host = parts.port or kind.port, parts.hostname or ""
    except ValueError:
        raise wrong from None  # the reason could quote what must not be shown
    socket = _socket(parts)
    if parts.scheme not in kind.schemes or not (host or socket):
        raise wrong
    return Watched(
        name=name.strip() or host or "localhost",
        kind=kind,
        scheme=parts.scheme,
        host="" if socket else host,
        port=port,
        socket=socket,
        user=unquote(parts.username or ""),
        database="" if parts.scheme == "unix" else unquote(parts.path.strip("/")),
        password=SecretStr(unquote(parts.password)) if parts.password else _NEVER,
        url=SecretStr(url),
    )


def _named(text: str) -> tuple[str, str]:
    name, equals, url = text.partition("=")
    return (name, url.strip()) if equals and "://" not in name else ("", text)


def _socket(parts: SplitResult) -> str:
    if parts.scheme == "unix":
        return unquote(parts.path)
    given = dict(parse_qsl(parts.query))
    path = given.get("unix_socket") or given.get("host", "")
    return path if path.startswith("/") else ""
