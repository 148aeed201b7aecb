"""Signatures of requests to AWS, version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).

Our own, because it is a page of HMAC that has not changed since 2012 and that AWS publishes test vectors for, while
botocore, which could sign too, brings some 30 MB, nearly all of it descriptions of services that are not needed here.
"""

import hmac
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol
from urllib.parse import quote, unquote_plus

import httpx

from aurora_rt.clock import now

ALGORITHM: Final = "AWS4-HMAC-SHA256"
SIGNED_TOO: Final = ("content-type",)


class Keys(Protocol):
    """What is signed with: an access key, and the session token of one that lasts a while, else `""`."""

    @property
    def key(self) -> str: ...  # noqa: D102
    @property
    def secret(self) -> str: ...  # noqa: D102
    @property
    def token(self) -> str: ...  # noqa: D102
    @property
    def region(self) -> str: ...  # noqa: D102


class Signature(httpx.Auth):
    """Signs each request for one service. `clock` tells the time that the signature is valid from."""

    requires_request_body = True

    def __init__(self, account: Keys, service: str, clock: Callable[[], datetime] = now) -> None:
        self._account = account
        self._service = service
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign, and send."""
        account = self._account
        stamp = f"{self._clock().astimezone(UTC):%Y%m%dT%H%M%SZ}"
        request.headers["X-Amz-Date"] = stamp
        if account.token:
            request.headers["X-Amz-Security-Token"] = account.token
        names = sorted(
            name
            for name in request.headers
            if name == "host" or name.startswith("x-amz-") or name in SIGNED_TOO
        )
        scope = f"{stamp[:8]}/{account.region}/{self._service}/aws4_request"
        told = sha256(canonical(request, names).encode()).hexdigest()
        text = f"{ALGORITHM}\n{stamp}\n{scope}\n{told}"
        signature = hmac.new(_key(account, stamp[:8], self._service), text.encode(), sha256).hexdigest()
        request.headers["Authorization"] = (
            f"{ALGORITHM} Credential={account.key}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        yield request


def canonical(request: httpx.Request, names: list[str]) -> str:
    """The request in the form that is signed; `names` are the headers that belong to it, sorted."""
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
    return "\n".join(
        (
            request.method,
            quote(request.url.path, safe="/-_.~"),
            _query(request.url.query.decode()),
            headers,
            ";".join(names),
            sha256(request.content).hexdigest(),
        )
    )


def _query(text: str) -> str:
    pairs = [part.partition("=")[::2] for part in text.split("&") if part]
    encoded = [tuple(quote(unquote_plus(one), safe="-_.~") for one in pair) for pair in pairs]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def _key(account: Keys, day: str, service: str) -> bytes:
    key = f"AWS4{account.secret}".encode()
    for part in (day, account.region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key
