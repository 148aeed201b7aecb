"""Who reads too slowly: bounded memory, pieces of text lost first, then `resync`, then cut; nobody else notices."""

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar

import psutil
import pytest
import uvloop
from engineio.packet import PING, Packet
from people import Person, firing, notification
from programs import free_port, running
from redis.asyncio import Redis

from aurora_rt.db.pool import Database
from aurora_rt.events.bus import Bus, Piece, channel, encode_piece
from aurora_rt.events.change import Changes
from aurora_rt.events.envelope import EventData
from aurora_rt.realtime.fanout import encode
from aurora_rt.realtime.outbox import BURST, SPARING, Batch, Encoded, Outbox, Queued, Written
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

READER = Path(__file__).with_name("reader.py")
LARGE = "x" * 20_000


class Noted(EventData):
    """An event for these tests."""

    event: ClassVar[str] = "noted"

    text: str


PIECE = Encoded(encode("thought:delta", {"text": LARGE}), droppable=True)
EVENT = Encoded(encode("noted", {"text": LARGE}))


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[Written, socket.socket]]:
    """A connection whose other end reads when the test does."""
    here, there = socket.socketpair()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, sock=here)
    try:
        yield Written(transport), there
    finally:
        transport.abort()
        there.close()


def fill(outbox: Outbox, packet: Encoded) -> bool:
    """Offer a packet again and again; whether it was refused in the end."""
    return not all(outbox.offer(Batch([packet])) for _ in range(2 * BURST.messages))


async def full(outbox: Outbox) -> None:
    """Pieces, then events, then answers: each stops at a bound of its own."""
    assert not fill(outbox, PIECE)
    assert SPARING.octets <= outbox.octets < SPARING.octets + 2 * len(LARGE)
    assert fill(outbox, EVENT)
    assert outbox.octets < BURST.octets
    kept = outbox.octets
    assert outbox.offer(Batch([PIECE]))
    assert not outbox.offer(Batch([PIECE, EVENT]))
    assert outbox.octets == kept
    for _ in range(BURST.octets // len(LARGE) + 2):
        await outbox.put(EVENT)
    assert outbox.octets <= BURST.octets


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_what_is_written_to_a_client_that_does_not_read_stays_within_bounds(loop_factory) -> None:
    async def scenario() -> None:
        async with connection() as (outbox, _):
            await full(outbox)
            assert outbox._transport.is_closing()
            outbox.put_nowait(Packet(PING))  # harmless
            outbox.put_nowait(None)
            assert outbox.offer(Batch([EVENT]))

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(scenario())


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_small_messages_are_counted_and_forgiven_once_they_are_read(loop_factory) -> None:
    small = Encoded(encode("noted", {}))

    async def scenario() -> None:
        async with connection() as (outbox, there):
            there.setblocking(False)
            outbox.offer(Batch([EVENT]))
            assert fill(outbox, small)
            assert outbox.messages <= BURST.messages
            while outbox.octets:
                await asyncio.get_running_loop().sock_recv(there, 65536)
                await asyncio.sleep(0)
            assert outbox.offer(Batch([small]))
            assert outbox.messages == 1

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(scenario())


async def test_what_waits_for_a_poll_that_does_not_come_stays_within_bounds() -> None:
    outbox = Queued()
    await full(outbox)
    assert outbox.octets == 0
    assert await outbox.get() is None


async def test_a_client_that_is_stopped_costs_little_is_told_to_resync_and_slows_nobody(
    settings: Settings, database: Database
) -> None:
    servers = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    async with (
        running("web", "--port", free_port(), **servers) as web,
        Redis.from_url(servers["REDIS_URL"]) as redis,
    ):
        person = await Person.registered((await web.prints(r"Serving on (\S+)"))[1])
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
        (listed,) = await person.incidents()
        incident = await person.incident(listed["id"])
        room = incident["room"]
        token = (await person.http.post("/api/auth/tokens", json={"name": "t", "scope": "read"})).json()[
            "token"
        ]
        reader = await asyncio.create_subprocess_exec(
            *(sys.executable, str(READER), person.base_url, token, room), stdout=asyncio.subprocess.PIPE
        )
        try:
            assert await reader.stdout.readline() == b"joined\n"
            reader.send_signal(signal.SIGSTOP)
            watcher = await person.watching(room)
            before = psutil.Process(web.process.pid).memory_info().rss
            for number in range(1000):
                await redis.spublish(
                    channel(room), encode_piece(Piece(room, "thought", "t", number, 0, LARGE * 3))
                )
                if number % 20 == 0:
                    await watcher.until(lambda one, number=number: len(one.events("thought:delta")) > number)
            async with database.connection() as connection:
                organization = await connection.fetchval("SELECT organization_id FROM users")
            changes = Changes(database, Bus(redis))
            for _ in range(40):
                async with changes.open(organization) as change:
                    change.say(room, Noted(text=LARGE))
            await watcher.until(lambda one: len(one.events("noted")) == 40)
            assert len(watcher.events("thought:delta")) == 1000
            grown = psutil.Process(web.process.pid).memory_info().rss - before
            assert grown < 30_000_000  # 60 MB were said
            reader.send_signal(signal.SIGCONT)
            heard = [json.loads(line) async for line in reader.stdout]
            assert heard[-1] == ["resync", {"room": room}]
            assert len([one for one, _ in heard if one == "thought:delta"]) < 1000
            seqs = [message["seq"] for _, message in heard if "seq" in message]
            assert seqs == list(range(incident["seq"] + 1, incident["seq"] + 1 + len(seqs)))
        finally:
            if reader.returncode is None:
                reader.kill()
            await reader.wait()
