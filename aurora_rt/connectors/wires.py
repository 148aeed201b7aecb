"""What providers are asked over: one pool of connections to known addresses, one to those that somebody entered."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import httpcore
import httpx

from aurora_rt.connectors import guard
from aurora_rt.connectors.asking import Wire
from aurora_rt.settings import Settings

MOST_CONNECTIONS: Final = 50


class _Guarded(httpcore.AnyIOBackend):
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
    ) -> httpcore.AsyncNetworkStream:
        try:
            found = await guard.addresses(host, port, private=self._private)
        except (guard.ForbiddenPlace, OSError) as error:
            raise httpcore.ConnectError(str(error)) from error
        for address in found[:-1]:
            try:
                return await super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await super().connect_tcp(found[-1], port, timeout, local_address, socket_options)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Wire]:
    """A wire of a process; its connections are closed at the end."""
    tls = await asyncio.to_thread(ssl.create_default_context)
    async with AsyncExitStack() as closing:
        http = await closing.enter_async_context(_client(httpx.AsyncHTTPTransport(verify=tls)))
        transport = httpx.AsyncHTTPTransport(verify=tls)
        transport._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=MOST_CONNECTIONS,
            network_backend=_Guarded(settings.probe_private),
        )
        guarded = await closing.enter_async_context(_client(transport))
        yield Wire(settings, http, guarded, tls)


def keeping_to(hosts: Iterable[str], client: httpx.AsyncClient, wire: Wire) -> httpx.AsyncClient:
    """`client`, but that `hosts` are only connected to where `guard` allows it. It need not be closed."""
    named = dict.fromkeys(hosts)
    if not named:
        return client
    return httpx.AsyncClient(
        transport=client._transport,
        mounts={f"all://{host}": wire.guarded._transport for host in named},
        trust_env=False,
    )


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)
