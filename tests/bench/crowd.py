"""A crowd of websocket clients in a process of its own: connects, joins, has messages sent, and counts what comes.

Usage: crowd.py SPEC, both ways JSON; see `Spec` for what goes in and `main` for what comes out. It only ever talks to
the loopback interface. A few clients, the probes, are read as soon as there is something, and tell the latency; the
others are read in sweeps, many messages at a time, and counted. So the crowd is not what is measured: it costs a
fraction of what the servers do (`load_cpu` says how much).
"""

import asyncio
import base64
import json
import os
import resource
import select
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil
from driving import percentile

MARK = b"|"
"""Stands once in every message, and nowhere else; the time at which it was sent follows, in nanoseconds."""
TIME = b"0" * 19
SWEEP_SECONDS = 0.02
PROBES = 8
AT_ONCE = 64
DRAIN_SECONDS = 5.0


@dataclass
class Spec:
    """What to do. Messages are sent in turn to the rooms."""

    port: int
    pids: list[int]
    clients: int
    rooms: list[str]
    steps: list[dict]
    """`{"kind": "closed", "window", "seconds"}`, `{"kind": "open", "rate", "seconds"}`; `rate` in messages a second."""
    raw: bool = False
    token: str | None = None
    publish_port: int | None = None
    """Of another process of the same server; by default the one of the clients."""
    redis_url: str | None = None
    """Messages are published on channels, instead of being given to the server by a client."""
    publications: list[str] = field(default_factory=list)
    """What is published in each room: its text holds `MARK` and `TIME`."""
    all_probes: bool = False
    settle: float = 0
    """Seconds to wait until memory is looked at."""


def framed(message: str) -> bytes:
    """A client's websocket frame; its mask is zero, so that the message stands there as it is."""
    data = message.encode()
    if len(data) < 126:
        return bytes((0x81, 0x80 | len(data))) + bytes(4) + data
    return bytes((0x81, 0xFE)) + len(data).to_bytes(2, "big") + bytes(4) + data


class Client:
    """One connection: asyncio until it has joined, a plain socket from then on."""

    def __init__(self, spec: Spec, port: int) -> None:
        self._spec = spec
        self._port = port
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.count = 0
        self.room = 0
        self._buffer = b""

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.socket, ("127.0.0.1", self._port))
        key = base64.b64encode(os.urandom(16)).decode()
        request = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        )
        await loop.sock_sendall(self.socket, request.encode())
        while b"\r\n\r\n" not in self._buffer:
            await self._more()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        assert b" 101 " in head.splitlines()[0], head
        if not self._spec.raw:
            await self._awaits(b"0{")
            await self.say("40" + (json.dumps({"token": self._spec.token}) if self._spec.token else ""))
            await self._awaits(b"40")

    async def join(self, room: str) -> None:
        if self._spec.raw:
            await self.say(f"J{room}")
            await self._awaits(b"J")
        else:
            await self.say("420" + json.dumps(["join", {"room": room}]))
            await self._awaits(b'430[{"ok":true')

    async def say(self, message: str) -> None:
        await asyncio.get_running_loop().sock_sendall(self.socket, framed(message))

    async def _awaits(self, beginning: bytes) -> None:
        while True:
            length = self._buffer[1] if len(self._buffer) > 1 else 0
            head = 4 if length == 126 else 2
            size = int.from_bytes(self._buffer[2:4], "big") if length == 126 else length
            if len(self._buffer) < head + max(1, size):
                await self._more()
                continue
            message, self._buffer = self._buffer[head : head + size], self._buffer[head + size :]
            if message.startswith(beginning):
                return

    async def _more(self) -> None:
        more = await asyncio.get_running_loop().sock_recv(self.socket, 65536)
        assert more, "The server hung up"
        self._buffer += more

    def read(self) -> bytes:
        """All that there is just now."""
        try:
            return self.socket.recv(1 << 20)
        except BlockingIOError:
            return b""


class Publisher:
    """Sends the messages, and remembers when."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._client = Client(spec, spec.publish_port or spec.port)
        self._ready: list[bytes] = []

    async def connect(self) -> None:
        texts = self._spec.publications
        if self._spec.redis_url is not None:
            self._socket = _redis(self._spec.redis_url)
            channels = [f"aurora:room:{room}" for room in self._spec.rooms]
            self._ready = [_command("SPUBLISH", *pair) for pair in zip(channels, texts, strict=True)]
        else:
            await self._client.connect()
            self._socket = self._client.socket
            self._socket.setblocking(True)
            if self._spec.raw:
                said = [f"P{room} {text}" for room, text in zip(self._spec.rooms, texts, strict=True)]
            else:
                said = ["42" + text for text in texts]
            self._ready = [framed(one) for one in said]

    def publish(self, first: int, count: int) -> None:
        now = b"%019d" % time.monotonic_ns()
        ready = self._ready
        self._socket.sendall(
            b"".join(
                [ready[number % len(ready)].replace(TIME, now) for number in range(first, first + count)]
            )
        )

    def forget_answers(self) -> None:
        """Redis answers every command, and Engine.IO pings."""
        self._socket.setblocking(False)
        try:
            while self._socket.recv(1 << 20):
                pass
        except BlockingIOError:
            pass
        self._socket.setblocking(True)


def _redis(url: str) -> socket.socket:
    where = urlsplit(url)
    if where.scheme != "unix":
        return socket.create_connection((where.hostname, where.port))
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(where.path)
    return connection


def _command(*words: str) -> bytes:
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return f"*{len(words)}\r\n{''.join(parts)}".encode()


class Crowd:
    """All clients."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._processes = [psutil.Process(pid) for pid in spec.pids]
        self.clients = [Client(spec, spec.port) for _ in range(spec.clients)]
        every = 1 if spec.all_probes else max(1, spec.clients // PROBES)
        self._probes = self.clients[::every]
        self._others = [one for one in self.clients if one not in set(self._probes)]
        self._tails: dict[int, bytes] = {}
        self._waits: list[int] = []

    async def connect(self) -> dict[str, float]:
        """Connect and join; what that took, and what each connection costs while nothing happens."""
        await asyncio.sleep(self._spec.settle)
        memory, cpu, start = self._memory(), self._cpu(), time.perf_counter()
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(number: int, client: Client) -> None:
            async with turn:
                await client.connect()
                client.room = number % len(self._spec.rooms)
                await client.join(self._spec.rooms[client.room])

        await asyncio.gather(*(one(number, client) for number, client in enumerate(self.clients)))
        took, used = time.perf_counter() - start, self._cpu() - cpu
        await asyncio.sleep(self._spec.settle)
        return {
            "connects_per_second": round(len(self.clients) / took, 1),
            "connect_cpu_us": round(used / len(self.clients) * 1e6, 1),
            "idle_kib": round((self._memory() - memory) / len(self.clients) / 1024, 2),
        }

    def run(self, publisher: Publisher, step: dict) -> dict[str, float]:
        """One stretch of load."""
        for client in self.clients:
            client.read()
            client.count = 0
        self._tails.clear()
        self._waits.clear()
        rooms = len(self._spec.rooms)
        poll = select.epoll()
        by_number = {one.socket.fileno(): one for one in self._probes}
        for number in by_number:
            poll.register(number, select.EPOLLIN)
        published, sweep_at = 0, 0.0
        cpu, mine, start = self._cpu(), time.process_time(), time.perf_counter()
        end = start + step["seconds"]
        while True:
            now = time.perf_counter()
            if now < end:
                due = self._due(step, now - start, published)
                if due:
                    publisher.publish(published, due)
                    published += due
            elif self._complete(self._probes, published, rooms) or now > end + DRAIN_SECONDS:
                break
            for number, _ in poll.poll(0.001):
                self._probe(by_number[number])
            if now >= sweep_at:
                sweep_at = now + SWEEP_SECONDS
                self._sweep()
                publisher.forget_answers()
        took, used, load = time.perf_counter() - start, self._cpu() - cpu, time.process_time() - mine
        deadline = time.perf_counter() + DRAIN_SECONDS
        while not self._complete(self.clients, published, rooms) and time.perf_counter() < deadline:
            self._sweep()
            time.sleep(SWEEP_SECONDS)
        delivered = sum(one.count for one in self.clients)
        waits = sorted(self._waits)
        return {
            "deliveries_per_second": round(delivered / took, 1),
            "server_cpu_us": round(used / max(1, delivered) * 1e6, 3),
            "server_cpu": round(used / took, 3),
            "p50_ms": round(percentile(waits, 0.5) / 1e6, 3),
            "p99_ms": round(percentile(waits, 0.99) / 1e6, 3),
            "load_cpu": round(load / took, 3),
            "delivered": delivered,
            "lost": sum(_expected(published, one.room, rooms) for one in self.clients) - delivered,
        }

    def _due(self, step: dict, passed: float, published: int) -> int:
        if step["kind"] == "open":
            return int(passed * step["rate"]) - published
        through = min(one.count for one in self._probes) * len(self._spec.rooms)
        return max(0, step["window"] - (published - through))

    def _complete(self, clients: Sequence[Client], published: int, rooms: int) -> bool:
        return all(one.count >= _expected(published, one.room, rooms) for one in clients)

    def _probe(self, client: Client) -> None:
        number = client.socket.fileno()
        data = self._tails.get(number, b"") + client.read()
        now = time.monotonic_ns()
        parts = data.split(MARK)
        if len(parts[-1]) < len(TIME) and len(parts) > 1:  # its time has not come yet
            self._tails[number] = MARK + parts.pop()
        else:
            self._tails[number] = b""
        for part in parts[1:]:
            client.count += 1
            self._waits.append(now - int(part[: len(TIME)]))

    def _sweep(self) -> None:
        for client in self._others:
            client.count += client.read().count(MARK)
        for client in self._probes:
            self._probe(client)

    def _cpu(self) -> float:
        return sum(sum(one.cpu_times()[:2]) for one in self._processes)

    def _memory(self) -> int:
        return sum(one.memory_info().rss for one in self._processes)


def _expected(published: int, room: int, rooms: int) -> int:
    """How many of the messages went to a room."""
    return (published - room + rooms - 1) // rooms


def results(spec: Spec) -> Iterator[dict[str, float]]:
    """What connecting took, and then every step."""
    with asyncio.Runner() as runner:
        crowd, publisher = Crowd(spec), Publisher(spec)
        yield runner.run(crowd.connect())
        if spec.steps:
            runner.run(publisher.connect())
        for step in spec.steps:
            yield crowd.run(publisher, step)


def main() -> None:
    spec = Spec(**json.loads(sys.argv[1]))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(list(results(spec))))


if __name__ == "__main__":
    main()
