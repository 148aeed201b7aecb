"""Where a request or a handshake comes from, as far as the wire tells. Nothing in it is proven."""

import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from quart import g, request
from werkzeug.sansio.http import parse_cookie

from aurora_rt.settings import Settings

FORWARDING = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"})
SECURE_SCHEMES = frozenset({"https", "wss"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """The peer, the scheme and the headers of one request; header names are in lower case."""

    peer: str
    """Address of the other end of the connection; empty for a Unix socket."""
    scheme: str
    headers: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> "Visitor":
        """The visitor behind an ASGI scope, `http` or `websocket`."""
        headers: dict[str, tuple[str, ...]] = {}
        for raw_name, raw_value in scope["headers"]:
            name = raw_name.decode("latin-1").lower()
            headers[name] = (*headers.get(name, ()), raw_value.decode("latin-1"))
        client = scope.get("client")
        return cls(client[0] if client else "", scope.get("scheme", "http"), headers)

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        return self.headers.get(name, (None,))[0]

    def only(self, name: str) -> str | None:
        """The value of a header that must not be sent twice; sent twice, it counts as not sent."""
        values = self.headers.get(name, ())
        return values[0] if len(values) == 1 else None

    def cookie(self, name: str) -> str | None:
        """The value of a cookie; HTTP/2 may spread cookies over several headers."""
        return parse_cookie("; ".join(self.headers.get("cookie", ()))).get(name)

    @property
    def origin(self) -> str | None:
        """The page that asks, when a browser says so."""
        return self.header("origin")

    @property
    def host(self) -> str:
        """The name and port under which we were called."""
        return self.header("host") or ""

    @property
    def secure(self) -> bool:
        """Whether the visitor's side speaks TLS, to us or, as it says, to a proxy.

        Not proven, and need not be: all that follows from it is a stricter cookie for that same visitor.
        """
        forwarded = (self.header("x-forwarded-proto") or "").split(",")[0].strip().lower()
        return self.scheme in SECURE_SCHEMES or forwarded == "https"

    @property
    def own_origin(self) -> str:
        """The origin that we have in the visitor's eyes."""
        return f"{'https' if self.secure else 'http'}://{self.host}"

    @property
    def forwarded(self) -> bool:
        """Whether anything says that the request came through a proxy."""
        return any(name in FORWARDING or name.startswith("x-forwarded-") for name in self.headers)

    @property
    def local(self) -> bool:
        """Whether the peer is this machine, called by a name of this machine, with no proxy between.

        The name matters: a page whose host name was rebound to 127.0.0.1 comes from a loopback peer too.
        """
        return is_loopback(self.peer) and is_loopback(_host_name(self.host)) and not self.forwarded

    def proven_proxy(self, settings: Settings) -> bool:
        """Whether the request carries the secret that only our proxy knows."""
        sent = self.only("x-internal-secret")
        if sent is None or settings.internal_secret is None:
            return False
        known = settings.internal_secret.get_secret_value()
        return bool(known) and hmac.compare_digest(sent.encode("latin-1"), known.encode())

    def address(self, settings: Settings) -> str:
        """The visitor's address: the peer's, or the one that a proven proxy names."""
        if self.proven_proxy(settings):
            hops = ",".join(self.headers.get("x-forwarded-for", ())).split(",")
            return hops[-1].strip() or self.peer
        return self.peer


def here() -> Visitor:
    """The visitor of the request that is being answered."""
    if "visitor" not in g:
        g.visitor = Visitor.of(request.scope)
    visitor: Visitor = g.visitor
    return visitor


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this very machine."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def network(address: str) -> str:
    """Whom to count an address as: itself, or for IPv6 its /64, which is what one subscriber gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
