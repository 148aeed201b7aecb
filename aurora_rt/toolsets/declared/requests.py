"""A toolset whose tools are GETs of one HTTP server."""

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.declared import words
from aurora_rt.toolsets.declared.commands import GRACE_SECONDS, lines
from aurora_rt.toolsets.declared.endpoints import Endpoint, Request, RequestsFile, resolved, unset
from aurora_rt.toolsets.declared.parameters import model_of
from aurora_rt.toolsets.guard import Unresolved, addresses
from aurora_rt.toolsets.servers import URL_LIMIT, Call, Server, fetch, server_at
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset

HEALTH_SECONDS: Final = 5.0


def toolset_of(file: RequestsFile) -> Toolset:
    """The toolset. Raises `ValueError` with what is wrong with it."""

    async def health(_: Settings, http: httpx.AsyncClient) -> Health:
        try:
            server = await _server(file.title, file.http, HEALTH_SECONDS)
            await fetch(server, http, Call(file.http.health))
        except ToolFailed as failed:
            return Health("unhealthy", failed.reason)
        return Health("healthy", f"{server.place} answers.")

    return Toolset(
        name=file.name,
        title=file.title,
        description=file.description,
        cost=file.cost,
        tools=tuple(_tool(file, one) for one in file.tools),
        unusable=lambda _: unset(file.http.headers),
        health=health,
    )


def _tool(file: RequestsFile, declared: Request) -> Tool:
    try:
        model = model_of(declared.parameters)
    except ValueError as error:
        raise ValueError(f"tools.{declared.name}: {error}") from error
    return Tool(
        name=declared.name,
        description=declared.description,
        run=Look(file.title, file.http, declared).run,
        parameters=model,
        timeout=declared.timeout + GRACE_SECONDS,
        fresh_for=declared.fresh_for,
        read=lines if declared.facts == "lines" else None,
    )


async def _server(title: str, endpoint: Endpoint, timeout: float) -> Server:
    server = server_at(
        endpoint.url, title, "the url in its file", timeout, headers=resolved(endpoint.headers)
    )
    try:
        await addresses(server.base.host, server.base.port, private=True)
    except Unresolved as error:
        raise ToolFailed(f"The name {server.base.host} is not known: {error}.") from error
    return server


@dataclass(frozen=True, slots=True)
class Look:
    """One tool, as it looks."""

    title: str
    endpoint: Endpoint
    declared: Request

    async def run(self, parameters: Parameters, access: Access) -> Seen:
        """Ask. Raises `ToolFailed`."""
        asked = parameters.model_dump()
        values = {name: _text(one) for name, one in asked.items() if one is not None}
        values |= words.moments(access.window)
        server = await _server(self.title, self.endpoint, self.declared.timeout)
        path = self._path(values)
        query = {
            name: words.substituted(text, values)
            for name, text in self.declared.query.items()
            if words.named(text) <= values.keys()
        }
        url = server.url(path).copy_merge_params(query)
        command = f"curl '{url}'"
        if len(url.query) > URL_LIMIT:
            # `fetch` would send so much by POST, and only GET is sure to read.
            raise ToolFailed("That is more than can be asked for in an address.", command=command)
        body = await fetch(server, access.http, Call(path, query, command))
        output = body.decode(errors="replace")
        facts = None
        if self.declared.facts == "lines":
            facts = await asyncio.to_thread(lines, output, asked)
        return Seen(command, output if output.strip() else self.declared.empty, facts)

    def _path(self, values: dict[str, str]) -> str:
        """The path; a value is one segment of it or a part of one, and never leads elsewhere."""
        segments = {name: quote(one, safe="") for name, one in values.items()}
        path = words.substituted(self.declared.path, segments)
        if {".", ".."} & set(path.split("/")):
            raise ToolFailed("A path with `.` or `..` in it would lead elsewhere, so it is not asked for.")
        return path


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
