"""Websockets, beneath Socket.IO: frames, compression, rubbish, silence."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import Person
from whole import Server, serving
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from aurora_rt.realtime import engine, server
from aurora_rt.realtime.engine import Direct
from aurora_rt.realtime.wire import frame
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


@asynccontextmanager
async def websocket(person: Person, **options: object) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A websocket that has been told Engine.IO's handshake, and has said nothing yet."""
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    url = f"{person.base_url}/socket.io/?EIO=4&transport=websocket"
    async with (
        aiohttp.ClientSession() as browser,
        browser.ws_connect(url, headers={"Cookie": cookie}, **options) as socket,
    ):
        assert (await socket.receive_str()).startswith("0{")
        yield socket


async def closed(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the server has closed."""
    async with asyncio.timeout(30):
        while not socket.closed:
            await socket.receive()


@given(st.one_of(st.text(), st.sampled_from((125, 126, 127, 65535, 65536, 70000)).map("é".__mul__)))
def test_a_frame_is_what_a_websocket_library_reads(text: str) -> None:
    reader = Connection(ConnectionType.CLIENT)
    reader.receive_data(frame(text.encode()))
    pieces = [event for event in reader.events() if isinstance(event, TextMessage)]
    assert "".join(one.data for one in pieces) == text
    assert pieces[-1].message_finished


@pytest.mark.parametrize("name", ["hypercorn", "uvicorn"])
async def test_frames_go_straight_to_the_connection_and_are_not_compressed(
    settings: Settings, name: str
) -> None:
    async with serving(settings.model_copy(update={"server": name}), worker=False) as running:
        person = await Person.registered(running.base_url)
        async with websocket(person, compress=15) as socket:
            assert not socket.compress
            assert any(isinstance(one, Direct) for one in gc.get_objects())
            await socket.send_str("40")
            assert (await socket.receive_str()).startswith("40{")
            await socket.send_str('420["join",{"room":"feed"}]')
            assert (await socket.receive_str()).startswith('430[{"ok":true')
            await socket.send_str("41")
            await socket.send_str("1")
            await closed(socket)


@pytest.mark.parametrize(
    "rubbish", ["", "x", "4", "42[", "42{}", '42"join"', "42[]", "4\N{PILE OF POO}", "45-", "b4AAA", b"\0"]
)
async def test_rubbish_ends_its_own_connection_at_most(onlooker: Person, rubbish: str | bytes) -> None:
    async with websocket(onlooker) as socket, websocket(onlooker) as other:
        for one in (socket, other):
            await one.send_str("40")
            assert (await one.receive_str()).startswith("40{")
        await (socket.send_str(rubbish) if isinstance(rubbish, str) else socket.send_bytes(rubbish))
        await other.send_str('420["join",{"room":"feed"}]')
        assert (await other.receive_str()).startswith('430[{"ok":true')


async def test_who_never_says_who_they_are_is_hung_up(
    onlooker: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ADMISSION_SECONDS", 0.5)
    async with websocket(onlooker) as silent, websocket(onlooker) as admitted:
        await admitted.send_str("40")
        assert (await admitted.receive_str()).startswith("40{")
        await closed(silent)
        await admitted.send_str('420["join",{"room":"feed"}]')
        assert (await admitted.receive_str()).startswith('430[{"ok":true')


async def test_who_answers_no_ping_is_let_go_and_others_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PING_INTERVAL_SECONDS", 1)
    monkeypatch.setattr(server, "PING_TIMEOUT_SECONDS", 2)
    async with serving(settings, worker=False) as running:
        person = await Person.registered(running.base_url)
        watcher = await person.watching("feed")
        async with websocket(person) as silent:
            await silent.send_str("40")
            await closed(silent)
        await asyncio.sleep(1)
        assert (await watcher.call("join", {"room": "feed"}))["ok"]


@pytest.mark.parametrize("query", ["EIO=3&transport=websocket", "transport=websocket", "EIO=4&transport=x"])
async def test_other_versions_and_transports_are_refused(web_server: Server, query: str) -> None:
    async with aiohttp.ClientSession() as browser:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(f"{web_server.base_url}/socket.io/?{query}")


@pytest.mark.parametrize(
    ("origin", "welcome"), [("own", True), (None, True), ("https://evil.example", False)]
)
async def test_only_pages_that_may_connect_do(onlooker: Person, origin: str | None, welcome: bool) -> None:
    headers = {} if origin is None else {"Origin": onlooker.base_url if origin == "own" else origin}
    url = f"{onlooker.base_url}/socket.io/?EIO=4&transport=websocket"
    async with aiohttp.ClientSession() as browser:
        if welcome:
            async with browser.ws_connect(url, headers=headers) as socket:
                assert (await socket.receive_str()).startswith("0{")
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await browser.ws_connect(url, headers=headers)
