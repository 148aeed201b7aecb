"""What requests to providers go out over: one pool of connections to where the operator says, one to where others say.

Imports httpx2: call it in a thread.
"""

from collections.abc import Iterable
from typing import Any, Final

import httpcore2
import httpx2

from aurora_rt.connectors import guard

CONNECT_SECONDS: Final = 10.0
MOST_CONNECTIONS: Final = 100


class _Guarded(httpcore2.AnyIOBackend):
    """Connects to the addresses that a name has at that moment, if all of them may be."""

    def __init__(self, private: bool) -> None:
        self._private = private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            found = await guard.addresses(host, port, private=self._private)
        except (guard.ForbiddenPlace, OSError) as error:
            raise httpcore2.ConnectError(str(error)) from error
        for address in found[:-1]:
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return await super().connect_tcp(found[-1], port, timeout, local_address, socket_options)


def trusted(seconds: float) -> httpx2.AsyncClient:
    """A client for providers' own addresses, and those that the operator sets."""
    return httpx2.AsyncClient(timeout=_timeout(seconds), trust_env=False, follow_redirects=False)


def guarded(seconds: float, *, private: bool) -> httpx2.AsyncClient:
    """A client for addresses that others give."""
    transport = httpx2.AsyncHTTPTransport(trust_env=False)
    transport._pool = httpcore2.AsyncConnectionPool(
        ssl_context=httpx2.create_ssl_context(trust_env=False),
        max_connections=MOST_CONNECTIONS,
        network_backend=_Guarded(private),
    )
    return httpx2.AsyncClient(
        timeout=_timeout(seconds), trust_env=False, follow_redirects=False, transport=transport
    )


def _timeout(seconds: float) -> httpx2.Timeout:
    return httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
