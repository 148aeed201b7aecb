"""The official JavaScript client and python-socketio's: one scenario, over websockets and over long polling."""

import asyncio
import itertools
import json
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import pytest
import socketio
from node import node
from people import PATIENCE, Person, Watcher, eventually, firing, notification

from aurora_rt.events.bus import Piece, channel, encode_piece

pytestmark = pytest.mark.usefixtures("people")

HERE = Path(__file__).parent
QUESTION = {"text": "What is known so far?", "mode": "ask"}


class Client(ABC):
    """A Socket.IO client of some kind: what it heard, in order, and what it can do."""

    heard: list[tuple[str, dict[str, Any]]]

    def __init__(self, transport: str) -> None:
        self.transport = transport

    @abstractmethod
    async def connect(self, url: str, token: str | None) -> Any:
        """The refusal, or None."""

    @abstractmethod
    async def call(self, event: str, message: Any) -> dict[str, Any]: ...

    @abstractmethod
    async def close(self) -> None: ...

    def of(self, *events: str) -> list[dict[str, Any]]:
        return [message for event, message in self.heard if event in events]

    def seqs(self, room: str) -> list[int]:
        return [one["seq"] for _, one in self.heard if one.get("room") == room and "seq" in one]

    async def until(self, enough: Any) -> None:
        async def look() -> bool:
            return bool(enough(self))

        await eventually(look, bool)


class PythonClient(Client):
    async def connect(self, url: str, token: str | None) -> Any:
        self._watcher = Watcher()
        self.heard = self._watcher.heard
        refusals: list[Any] = []
        self._watcher.client.on("connect_error", refusals.append)
        try:
            await self._watcher.connect(url, transports=(self.transport,), token=token)
        except socketio.exceptions.ConnectionError:
            return refusals[0]["data"] if "data" in refusals[0] else refusals[0]
        assert self._watcher.client.transport() == self.transport
        return None

    async def call(self, event: str, message: Any) -> dict[str, Any]:
        return await self._watcher.call(event, message)

    async def close(self) -> None:
        await self._watcher.close()


class JavaScriptClient(Client):
    def __init__(self, transport: str) -> None:
        super().__init__(transport)
        self._numbers = itertools.count(1)
        self._awaited: dict[int, asyncio.Future[Any]] = {}
        self.heard = []
        self._process: asyncio.subprocess.Process | None = None

    async def connect(self, url: str, token: str | None) -> Any:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *(node("socket.io-client"), str(HERE / "driven.mjs")),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**22,
            )
            self._reading = asyncio.create_task(self._read())
        answer = await self._command("connect", url=url, token=token, transports=[self.transport])
        assert answer.get("transport", self.transport) == self.transport
        return answer.get("refused")

    async def call(self, event: str, message: Any) -> dict[str, Any]:
        return await self._command("call", event=event, message=message)

    async def close(self) -> None:
        await self._command("close")

    async def end(self) -> None:
        if self._process is not None:
            self._process.stdin.close()
            await self._process.wait()
            await self._reading

    async def _command(self, do: str, **more: Any) -> Any:
        number = next(self._numbers)
        self._awaited[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, "do": do, **more}).encode() + b"\n")
        return await asyncio.wait_for(self._awaited[number], PATIENCE)

    async def _read(self) -> None:
        async for line in self._process.stdout:
            printed = json.loads(line)
            if "id" in printed:
                self._awaited.pop(printed["id"]).set_result(printed["result"])
            else:
                self.heard.append((printed["event"], printed["message"]))


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("kind", [JavaScriptClient, PythonClient], ids=["javascript", "python"])
async def test_either_client_sees_and_does_everything(
    person: Person, redis: Any, kind: type[Client], transport: str
) -> None:
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    incident = await person.analyzed(listed["id"])
    room, known = incident["room"], list(range(1, incident["seq"] + 1))
    made = await person.http.post("/api/auth/tokens", json={"name": "test", "scope": "write"})
    client = kind(transport)
    assert (await client.connect(person.base_url, "wrong"))["code"] == "unauthenticated"
    assert await client.connect(person.base_url, made.json()["token"]) is None

    # What was missed comes before the acknowledgement.
    ack = await client.call("join", {"room": room, "since": 0, "epoch": incident["epoch"]})
    assert (ack["ok"], ack["replayed"], ack["seq"]) == (True, incident["seq"], incident["seq"])
    assert client.seqs(room) == known
    await client.until(lambda one: one.of("presence"))

    # Refusals, and none of them ends the connection.
    for event, message, code in (
        ("join", {"room": "incident:0192f0c4-0000-7000-8000-000000000000"}, "incident_not_found"),
        ("join", {"room": 7}, "invalid_request"),
        ("chat:send", {**QUESTION, "text": ""}, "invalid_request"),
        ("investigation:cancel", {"incident_id": incident["id"]}, "no_investigation_running"),
        ("chat:cancel", {"session_id": incident["id"]}, "chat_session_not_found"),
    ):
        refusal = await client.call(event, message)
        assert (refusal["ok"], refusal["code"]) == (False, code), refusal
        assert refusal["error"]

    # A question, its answer token by token, and the harmless repetition.
    question = {**QUESTION, "incident_id": incident["id"], "client_id": "mine"}
    asked = await client.call("chat:send", question)
    assert (asked["ok"], asked["is_new_session"]) == (True, True)
    await client.until(
        lambda one: any(message["data"]["sender"] == "assistant" for message in one.of("message"))
    )
    assert (await client.call("chat:send", question))["message_id"] == asked["message_id"]
    (answer,) = [one["data"] for one in client.of("message") if one["data"]["sender"] == "assistant"]
    tokens = client.of("token")
    assert {one["session_id"] for one in tokens} == {asked["session_id"]}
    assert "".join(one["text"] for one in tokens) == answer["text"]
    assert [one["offset"] for one in tokens] == list(
        itertools.accumulate([len(one["text"]) for one in tokens[:-1]], initial=0)
    )

    # Text of every script and length.
    for text in ("Grüße, 世界 🌍", "x" * 200, "y" * 70_000):
        await redis.spublish(channel(room), encode_piece(Piece(room, "summary", "s", 0, 0, text)))
        await client.until(lambda one, text=text: any(it["text"] == text for it in one.of("summary:delta")))

    # Away and back.
    position = client.seqs(room)[-1]
    await client.close()
    await person.http.patch(f"/api/incidents/{incident['id']}", json={"summary": "While you were away."})
    before = list(client.seqs(room))
    assert await client.connect(person.base_url, made.json()["token"]) is None
    ack = await client.call("join", {"room": room, "since": position, "epoch": incident["epoch"]})
    seqs = before + client.seqs(room) if isinstance(client, PythonClient) else client.seqs(room)
    assert ack["replayed"] >= 1
    assert seqs == list(range(1, ack["seq"] + 1))

    # Left.
    assert (await client.call("leave", {"room": room}))["ok"]
    assert (await client.call("join", {"room": "feed"}))["ok"]
    count = len(client.seqs(room))
    await person.http.patch(f"/api/incidents/{incident['id']}", json={"status": "resolved"})
    await client.until(
        lambda one: one.of("incident") and one.of("incident")[-1]["data"]["status"] == "resolved"
    )
    assert len(client.seqs(room)) == count
    assert (await client.call("join", {"room": room, "epoch": "another", "since": 1}))["resync"] is True
    await client.until(lambda one: one.of("resync") == [{"room": room}])
    await client.close()
    if isinstance(client, JavaScriptClient):
        await client.end()


@pytest.fixture
async def redis(redis_url: str) -> Any:
    from redis.asyncio import Redis

    async with Redis.from_url(redis_url) as client:
        yield client
