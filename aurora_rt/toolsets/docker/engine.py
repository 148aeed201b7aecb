"""Asking a container engine (https://docs.docker.com/reference/api/engine/): over its Unix socket, or by TCP."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.servers import Call, Server, ask, complaint, fetch, server_at
from aurora_rt.toolsets.toolset import ToolFailed

WHAT: Final = "container engine"
SETTING: Final = "DOCKER_HOST"
VERSION: Final = "/v1.40"
"""Old enough for every engine that is in use, and for Podman."""

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that can be asked."""

    server: Server
    http: httpx.AsyncClient

    async def ask(self, call: Call, shape: type[Shape]) -> Shape:
        """The answer to `call`. Raises `ToolFailed`."""
        return await ask(self.server, self.http, _versioned(call), shape)

    async def fetch(self, call: Call) -> bytes:
        """The answer to `call` as it came. Raises `ToolFailed`."""
        return await fetch(self.server, self.http, _versioned(call))


def unusable(settings: Settings) -> str | None:
    """Why there is no engine to ask, in a sentence; `None` when there may be."""
    host = settings.docker_host
    if not host:
        return f"No {WHAT} is configured: {SETTING} is not set."
    if host.startswith("unix://"):
        return (
            None
            if host[7:].startswith("/")
            else f"{SETTING} must be an address such as unix:///var/run/docker.sock."
        )
    if host.startswith("tcp://"):
        return complaint(_http(host), WHAT, SETTING)
    return f"{SETTING} must be an address such as unix:///var/run/docker.sock or tcp://host:2375."


@asynccontextmanager
async def reached(settings: Settings, http: httpx.AsyncClient) -> AsyncIterator[Engine]:
    """The engine of the settings. Raises `ToolFailed` when there is none."""
    reason = unusable(settings)
    if reason is not None:
        raise ToolFailed(reason)
    host = settings.docker_host or ""
    if host.startswith("tcp://"):
        yield Engine(server_at(_http(host), WHAT, SETTING, settings.tool_timeout), http)
        return
    server = server_at("http://docker", WHAT, SETTING, settings.tool_timeout)
    path = str(Path(host[7:]))
    # No TLS is spoken here: reading the authorities, as a transport else does, would only take time.
    transport = httpx.AsyncHTTPTransport(uds=path, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        try:
            yield Engine(server, client)
        except ToolFailed as failed:
            reason = failed.reason.replace(server.place, path)
            raise ToolFailed(reason, command=failed.command, output=failed.output) from failed


def _http(host: str) -> str:
    return "http://" + host.removeprefix("tcp://").rstrip("/")


def _versioned(call: Call) -> Call:
    return Call(VERSION + call.path, call.parameters, call.command)
