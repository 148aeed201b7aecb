"""The server as a program holds it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal
from urllib.parse import quote
from uuid import uuid4

import httpx

from aurora_rt.client.answer import Answer
from aurora_rt.client.connection import Connection
from aurora_rt.client.rest import Rest
from aurora_rt.client.room import Room

REST_SECONDS = 30.0


class Aurora:
    """A server that one is connected to."""

    def __init__(self, connection: Connection, rest: Rest) -> None:
        self._connection = connection
        self._rest = rest

    @asynccontextmanager
    async def join(
        self, room: str, *, since: int | None = None, epoch: str | None = None
    ) -> AsyncIterator[Room]:
        """Listen to `feed`, `incident:<id>` or `chat:<session id>`; iterate what you get.

        It begins after the event `since`, and without that at now: when the block begins, nothing is missed any more.
        Raises `Refused`, then or while iterating.
        """
        reader = self._connection.watch(room, since, epoch)
        try:
            await reader.joined()
            yield reader
        finally:
            self._connection.forget(reader)

    async def leave(self, room: str) -> None:
        """Stop listening to a room: all that iterate it end, after what they have not read yet."""
        await self._connection.leave(room)

    async def ask(
        self,
        text: str,
        *,
        session_id: str | None = None,
        incident_id: str | None = None,
        mode: Literal["ask", "agent"] = "ask",
        client_id: str | None = None,
        model: str | None = None,
    ) -> Answer:
        """Ask a question, about an incident or of the machine; without `session_id` it begins a chat.

        When this returns, the question is safe and will be answered. Sent again with the same `client_id`, it is
        taken once. `model` (such as `anthropic/claude-3.5-sonnet`) answers from now on in this chat. Raises
        `Refused`.
        """
        question = {"text": text, "mode": mode, "client_id": client_id or str(uuid4())}
        if session_id is not None:
            question["session_id"] = session_id
        if incident_id is not None:
            question["incident_id"] = incident_id
        if model is not None:
            question["model"] = model
        room = await self._room_of(session_id, incident_id)
        reader = self._connection.watch(room) if room else None
        try:
            if reader is not None:
                await reader.joined()
            taken = await self._connection.call("chat:send", question)
        except BaseException:
            if reader is not None:
                self._connection.forget(reader)
            raise
        if reader is None:
            reader = self._connection.watch(f"chat:{taken['session_id']}", since=0)
        return Answer(self._connection, self._rest, reader, taken)

    async def cancel_investigation(self, incident_id: str) -> None:
        """Stop the investigation of an incident. Raises `Refused`, also when none is running."""
        await self._connection.call("investigation:cancel", {"incident_id": incident_id})

    async def incidents(self, **query: str | int) -> dict[str, Any]:
        """A page of incidents, with `epoch` and `seq` of the feed; `query` is what `GET /api/incidents` takes."""
        return await self._rest.read("/api/incidents", query)

    async def incident(self, incident_id: str) -> dict[str, Any]:
        """All of one incident, with `room`, `epoch` and `seq`: from there, `join` goes on without a gap."""
        answer = await self._rest.read(f"/api/incidents/{quote(incident_id, safe='')}")
        incident: dict[str, Any] = answer["incident"]
        return incident

    async def _room_of(self, session_id: str | None, incident_id: str | None) -> str | None:
        """Where a question will be answered; None for a chat that does not exist yet."""
        if incident_id is None and session_id is not None:
            chat = await self._rest.read(f"/chat_api/sessions/{quote(session_id, safe='')}")
            incident_id = chat["incident_id"]
        if incident_id is not None:
            return f"incident:{incident_id}"
        return f"chat:{session_id}" if session_id is not None else None


@asynccontextmanager
async def connect(url: str, *, token: str | None = None, cookie: str | None = None) -> AsyncIterator[Aurora]:
    """Connect to the server at `url`, with an API token or with the `Cookie` header of a signed-in browser.

    Raises `Refused` or `Unreachable`.
    """
    headers = {"Cookie": cookie} if cookie else {}
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    connection = Connection(url, headers, {"token": token} if token else None)
    http = httpx.AsyncClient(base_url=url, headers=headers | bearer, timeout=REST_SECONDS, trust_env=False)
    async with http, connection.opened():
        yield Aurora(connection, Rest(http))
