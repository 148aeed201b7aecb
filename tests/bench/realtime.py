"""Real time, measured beside others: run by hand, it starts all servers and prints figures.

    .venv/bin/python tests/bench/realtime.py [--json] [--seconds N] [--runs N] [--only fanout,tokens] [--sizes 100,500]

Aurora, python-socketio as it comes (on the same hypercorn), Node's socket.io, and a raw websocket broadcast (picows,
the limit), one process each on the first core; PostgreSQL, Redis and the load (`crowd.py`) have the second. They take
turns; a figure is the median of all runs, a ratio the median of the ratios run by run. `load_cpu` is the share of its
core that the load used: near 1, it is the load that was measured. Aurora is given its messages through Redis, as its
workers do; the others by a client. Nothing here passes or fails.

fanout    one room, 4 messages in flight (`gathered`: 64): deliveries a second, CPU for each
calm      one room, 10,000 deliveries a second: latency
tokens    50 rooms of one client, 50 messages a second each: CPU for each, latency
idle      what a connection costs that does nothing, and how fast they come
processes two processes over one Redis, beside python-socketio's Redis manager; what a message costs a process
          in whose rooms nobody is
webhook   from posting an alert to its incident in the feed
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share: people.py, programs.py

import psutil
from contenders import _cores, _on
from crowd import MARK, TIME
from driving import percentile
from figures import printed
from people import Person, Watcher, all_leave, firing, notification
from programs import free_port, running

from aurora_rt import embedded
from aurora_rt.events.bus import Piece, encode_piece

HERE = Path(__file__).parent
ROOMS, TOKENS_A_SECOND = 50, 50
CALM = 10_000
AURORA, STOCK, NODE, RAW = "aurora", "python-socketio", "node-socket.io", "picows"
TEXT, TOKEN = 95, 40
"""Characters of a message's text, so that its frame has about 200 bytes; and those of a token."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure."""

    seconds: float
    runs: int
    only: frozenset[str]
    sizes: tuple[int, ...]
    idle: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contender:
    """A running server."""

    port: int
    pid: int
    rooms: tuple[str, ...]
    token: str | None = None
    redis_url: str | None = None
    raw: bool = False

    def spec(
        self, clients: int, steps: Sequence[dict], *, rooms: int = 1, text: int = TEXT, **more: Any
    ) -> str:
        """What the crowd is to do."""
        chosen = self.rooms[:rooms]
        said = [_said(room, text, through_redis=self.redis_url is not None, raw=self.raw) for room in chosen]
        wanted = {
            "port": self.port,
            "pids": [self.pid],
            "clients": clients,
            "rooms": chosen,
            "steps": steps,
            "raw": self.raw,
            "token": self.token,
            "redis_url": self.redis_url,
            "publications": said,
        }
        return json.dumps(wanted | more)


def _said(room: str, length: int, *, through_redis: bool, raw: bool) -> str:
    text = (MARK + TIME).decode() + "x" * (length - len(MARK + TIME))
    piece = Piece(room, "thought", "01890000-0000-7000-8000-000000000000", 0, 0, text)
    if through_redis:
        return encode_piece(piece).decode()
    message = {"room": piece.room, "id": piece.id, "offset": 0, "text": text}
    return json.dumps(message if raw else ["pub", message], separators=(",", ":"))


async def crowd(spec: str) -> list[Figures]:
    """Run a crowd, on the second core."""
    with _on(_cores()[1]):
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(HERE / "crowd.py"), spec, stdout=asyncio.subprocess.PIPE
        )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"The crowd failed: {process.returncode}")
    return json.loads(out)


@asynccontextmanager
async def contenders(servers: embedded.Servers) -> AsyncIterator[dict[str, Contender]]:
    """Everybody, on the first core."""
    async with AsyncExitStack() as stack:
        with _on(_cores()[0]):
            web = await stack.enter_async_context(_aurora(servers))
            stock = await stack.enter_async_context(_peer(sys.executable, "stock.py"))
            node = await stack.enter_async_context(_peer("node", "node.mjs"))
            raw = await stack.enter_async_context(_peer(sys.executable, "raw.py", raw=True))
        yield {AURORA: await _with_rooms(*web, servers), STOCK: stock, NODE: node, RAW: raw}


@asynccontextmanager
async def _aurora(servers: embedded.Servers) -> AsyncIterator[tuple[str, int]]:
    environment = {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "AURORA_LOG_LEVEL": "warning",
        "AURORA_RATE_LIMIT": "0",
        "AURORA_WEBHOOK_RATE_LIMIT": "0",
    }
    async with running("web", "--port", free_port(), **environment) as program:
        yield (await program.prints(r"Serving on (\S+)"))[1], program.process.pid


async def _with_rooms(url: str, pid: int, servers: embedded.Servers) -> Contender:
    """Aurora, with incidents in whose rooms messages can be said."""
    person = await Person.registered(url)
    webhook = await person.webhook()
    for number in range(ROOMS):
        alert = firing(f"Alert{number}", fingerprint=f"f{number}", service=f"service-{number}")
        assert (await person.http.post(webhook, json=notification(alert))).status_code == 202
    made = await person.http.post("/api/auth/tokens", json={"name": "bench", "scope": "read"})
    rooms = tuple(f"incident:{one['id']}" for one in await person.incidents())
    return Contender(urlsplit(url).port or 0, pid, rooms, made.json()["token"], servers.redis_url)


@asynccontextmanager
async def _peer(program: str, name: str, *arguments: str, raw: bool = False) -> AsyncIterator[Contender]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(program, str(HERE / "peers" / name), port, *arguments)
    try:
        async with asyncio.timeout(30):
            while not await _listens(int(port)):
                await asyncio.sleep(0.05)
        yield Contender(
            int(port), process.pid, tuple(f"room-{number:x>31}" for number in range(ROOMS)), raw=raw
        )
    finally:
        process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def measure(plan: Plan) -> dict[str, Any]:
    """Every figure that was asked for."""
    data_dir = Path(tempfile.mkdtemp(prefix="aurora-bench-"))
    figures: dict[str, Any] = {}
    try:
        with _on(_cores()[1]):
            servers = embedded.servers(data_dir)
            here = await servers.__aenter__()
        try:
            async with contenders(here) as known:
                for size in plan.sizes:
                    if {"fanout", "calm"} & plan.only:
                        figures[f"room of {size}"] = await compared(known, plan, _fanout(size, plan))
                if "tokens" in plan.only:
                    figures["tokens"] = await compared(known, plan, _tokens(plan))
            for count in plan.idle if "idle" in plan.only else ():
                figures[f"{count} idle"] = await idle(here, plan, count)
            if "processes" in plan.only:
                figures["processes"] = await processes(here, plan)
            if "webhook" in plan.only:
                figures["webhook"] = await webhook(here, plan)
        finally:
            await servers.__aexit__(None, None, None)
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)
    return figures


Want = tuple[str, dict[str, Any], list[dict[str, Any]], list[str]]
"""Clients and the like for `Contender.spec`, its steps, and what their figures are called."""


def _fanout(size: int, plan: Plan) -> Any:
    steps = [
        {"kind": "closed", "window": 4, "seconds": plan.seconds},
        {"kind": "closed", "window": 64, "seconds": plan.seconds},
        {"kind": "open", "rate": CALM / size, "seconds": plan.seconds},
    ]
    return lambda one: (one.spec(size, steps), ["fanout", "gathered", "calm"])


def _tokens(plan: Plan) -> Any:
    steps = [{"kind": "open", "rate": ROOMS * TOKENS_A_SECOND, "seconds": plan.seconds}]
    return lambda one: (one.spec(ROOMS, steps, rooms=ROOMS, text=TOKEN, all_probes=True), ["tokens"])


async def compared(known: dict[str, Contender], plan: Plan, wanted: Any) -> dict[str, Any]:
    """The same of all servers, in turns; and Aurora's figures to those of each other."""
    runs: dict[str, dict[str, list[Figures]]] = {}
    for _ in range(plan.runs):
        for name, one in known.items():
            spec, steps = wanted(one)
            _, *found = await crowd(spec)
            for step, figures in zip(steps, found, strict=True):
                runs.setdefault(step, {}).setdefault(name, []).append(figures)
    return {
        step: {name: medians(of) for name, of in by_name.items()}
        | {
            f"to {name}": ratios(by_name[AURORA], of, ("deliveries_per_second", "server_cpu_us", "p99_ms"))
            for name, of in by_name.items()
            if name != AURORA
        }
        for step, by_name in runs.items()
    }


def medians(runs: list[Figures]) -> Figures:
    """The median of each figure; what was lost is added up."""
    found = {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}
    return found | ({"lost": sum(run["lost"] for run in runs)} if "lost" in found else {})


def ratios(mine: list[Figures], others: list[Figures], names: Sequence[str]) -> Figures:
    """The medians of the ratios, run by run."""
    return {
        name: round(
            statistics.median(a[name] / (b[name] or 1e-9) for a, b in zip(mine, others, strict=True)), 3
        )
        for name in names
    }


async def idle(servers: embedded.Servers, plan: Plan, count: int) -> dict[str, Any]:
    """What connections cost; each time in a fresh process, whose memory has not grown before."""
    runs: dict[str, list[Figures]] = {}
    for _ in range(plan.runs):
        async with contenders(servers) as known:
            for name, one in known.items():
                await crowd(one.spec(min(50, count), []))  # what is made once
                runs.setdefault(name, []).extend(
                    await crowd(one.spec(count, [], settle=min(1.0, plan.seconds)))
                )
            await all_leave()
    return {name: medians(of) for name, of in runs.items()} | {
        f"to {name}": ratios(runs[AURORA], of, ("idle_kib", "connects_per_second"))
        for name, of in runs.items()
        if name != AURORA
    }


async def processes(servers: embedded.Servers, plan: Plan) -> dict[str, Any]:
    """Two processes: what the way through Redis takes, and what it costs where nobody is in the room."""
    closed = {"kind": "closed", "window": 32, "seconds": plan.seconds}
    steps = [{"kind": "open", "rate": 200, "seconds": plan.seconds}, closed]
    figures: dict[str, list[Figures]] = {}
    async with AsyncExitStack() as stack:
        with _on(_cores()[0]):
            first, second = [await stack.enter_async_context(_aurora(servers)) for _ in range(2)]
            emitting, receiving = [
                await stack.enter_async_context(_peer(sys.executable, "stock.py", servers.redis_url))
                for _ in range(2)
            ]
        here = await _with_rooms(*first, servers)
        bystander = psutil.Process(second[1])
        for _ in range(plan.runs):
            _, calm, full = await crowd(here.spec(1, steps))
            figures.setdefault(AURORA, []).append(_through_redis(calm, full))
            _, calm, full = await crowd(receiving.spec(1, steps, publish_port=emitting.port))
            figures.setdefault(STOCK, []).append(_through_redis(calm, full))
            _, calm = await crowd(receiving.spec(1, steps[:1]))
            figures.setdefault("python-socketio, one process", []).append(
                {name: calm[name] for name in ("p50_ms", "p99_ms")}
            )
            before = sum(bystander.cpu_times()[:2])
            _, busy = await crowd(here.spec(1, [{"kind": "open", "rate": 2000, "seconds": plan.seconds}]))
            used = sum(bystander.cpu_times()[:2]) - before
            figures.setdefault("nobody in the room", []).append(
                {"cpu_us_per_message": round(used / max(1, busy["delivered"]) * 1e6, 2)}
            )
        await all_leave()
    return {name: medians(of) for name, of in figures.items()} | {
        f"to {STOCK}": ratios(figures[AURORA], figures[STOCK], ("messages_per_second", "p99_ms"))
    }


def _through_redis(calm: Figures, full: Figures) -> Figures:
    return {
        "p50_ms": calm["p50_ms"],
        "p99_ms": calm["p99_ms"],
        "messages_per_second": full["deliveries_per_second"],
        "server_cpu_us": full["server_cpu_us"],
        "load_cpu": full["load_cpu"],
        "lost": calm["lost"] + full["lost"],
    }


async def webhook(servers: embedded.Servers, plan: Plan) -> Figures:
    """From posting an alert until the incident is in a browser's list, at ten a second."""
    async with AsyncExitStack() as stack:
        with _on(_cores()[0]):
            url, _ = await stack.enter_async_context(_aurora(servers))
        person = await Person.registered(url)
        address, watcher = await person.webhook(), await person.watching("feed")
        waits = []
        for number in range(max(5, int(plan.seconds * 10))):
            start = time.perf_counter()
            alert = firing(f"Posted{number}", fingerprint=f"p{number}", service=f"posted-{number}")
            await person.http.post(address, json=notification(alert))
            await watcher.until(lambda one, number=number: _listed(one, f"p{number}"))
            waits.append(time.perf_counter() - start)
            await asyncio.sleep(0.1)
        await all_leave()
    waits.sort()
    return {f"p{share}_ms": round(percentile(waits, share / 100) * 1000, 2) for share in (50, 99)}


def _listed(watcher: Watcher, fingerprint: str) -> bool:
    return any(one["data"]["sourceAlertId"] == fingerprint for one in watcher.events("incident"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--seconds", type=float, default=4, help="length of each stretch of load")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--only", default="fanout,tokens,idle,processes,webhook", help="what to measure")
    parser.add_argument("--sizes", default="100,500,1000", help="clients in a room")
    parser.add_argument("--idle", default="1000,5000", help="idle connections")
    given = parser.parse_args()
    sizes, counts = (tuple(map(int, one.split(","))) for one in (given.sizes, given.idle))
    plan = Plan(given.seconds, given.runs, frozenset(given.only.split(",")), sizes, counts)
    figures = asyncio.run(measure(plan))
    print(json.dumps(figures) if given.json else printed(figures))


if __name__ == "__main__":
    main()
