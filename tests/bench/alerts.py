"""From the webhook to the screen, measured: run by hand, it starts a server of its own and prints figures.

    .venv/bin/python tests/bench/alerts.py [--json] [--seconds N]

The server, its PostgreSQL and its Valkey share the first core; the load has the second ("apart" gives PostgreSQL the
second, too). What matters are the ratios to two floors that are measured between the same runs: a GET that does
nothing (what an answer costs in the HTTP server) and a single-row INSERT into the same PostgreSQL (what being durable
costs). Nothing here passes or fails.
"""

import argparse
import asyncio
import itertools
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share: people.py, programs.py

import uvloop
from asking import CONNECTIONS, Opened, distinct, first, http_askers, insert_askers, prepared
from driving import drive
from figures import medians, of_load, of_seen, printed, ratio
from measured import Measured, measured
from people import Person, all_leave
from viewing import Viewer
from wire import get

CALM_RATE = 100
MANY = 100
KNOWN = 10 * CONNECTIONS

EACH_ITS_OWN = {"AURORA_CORRELATION_SECONDS": "0"}
"""All alerts here are of one service; what is measured is what one costs that opens an incident."""

ALERTS_IN = {"new": 1, "repeated": 1, "hundred": MANY, "new_postgres_apart": 1}


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure."""

    seconds: float
    runs: int
    repetitions: int
    at_once: int


async def measure(plan: Plan) -> dict[str, Any]:
    """Every figure there is."""
    data_dir = Path(tempfile.mkdtemp(prefix="aurora-bench-"))
    try:
        async with measured("up", data_dir, **EACH_ITS_OWN) as server:
            seen = await to_the_screen(server, plan)
            investigating = await calm(server, plan)
        async with measured("web", data_dir, **EACH_ITS_OWN) as server:
            return {
                "webhook": await accepting(server, plan),
                "calm": {
                    "rate": CALM_RATE,
                    "web": await calm(server, plan),
                    "web_and_worker": investigating,
                },
                "screen": seen,
                "postgres": await promises(server),
            }
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


async def accepting(server: Measured, plan: Plan) -> dict[str, Any]:
    """Rates of the webhook and of the floors, in turns; the medians of all runs."""
    async with webhook_of(server) as url:
        known = first(KNOWN, distinct(prepared(url, 1)))
        scenarios = {
            "liveness": http_askers(server.url, itertools.repeat(get(f"{server.url}/health/liveness")), 200),
            "insert": insert_askers(server, prepared(url, 1)),
            "new": http_askers(url, distinct(prepared(url, 1)), 202),
            "repeated": http_askers(url, itertools.cycle(known), 202),
            "hundred": http_askers(url, distinct(prepared(url, MANY)), 202),
            "new_postgres_apart": http_askers(url, distinct(prepared(url, 1)), 202),
        }
        kept_before = await kept(server)
        await introduce(url, known)
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in scenarios}
        for _ in range(plan.runs):
            for name, opened in scenarios.items():
                with server.postgres_apart(apart=name == "new_postgres_apart"):
                    runs[name].append(await one_run(server, opened, plan, ALERTS_IN.get(name, 1)))
    figures: dict[str, Any] = {name: medians(of) for name, of in runs.items()}
    accepted = sum(run["answered"] * alerts for name, alerts in ALERTS_IN.items() for run in runs[name])
    figures["durable"] = {"accepted": accepted + KNOWN, "kept": await kept(server) - kept_before}
    figures["ratios"] = {
        f"{name}_to_{floor}": round(ratio(runs[name], runs[floor]), 3)
        for name in ALERTS_IN
        for floor in ("liveness", "insert")
    }
    return figures


async def one_run(
    server: Measured, opened: Opened, plan: Plan, alerts: int, rate: float | None = None
) -> dict[str, float]:
    """One stretch of load, in figures; times in milliseconds, CPU for each request."""
    async with opened() as askers:
        before = server.cpu()
        outcome = await drive(askers, plan.seconds, rate=rate)
        return of_load(outcome, server.cpu() - before, alerts)


async def calm(server: Measured, plan: Plan) -> dict[str, float]:
    """How long the webhook takes while it has time."""
    async with webhook_of(server) as url:
        opened = http_askers(url, distinct(prepared(url, 1)), 202)
        return await one_run(server, opened, plan, 1, rate=CALM_RATE)


async def to_the_screen(server: Measured, plan: Plan) -> dict[str, Any]:
    """From the webhook to what somebody sees; many incidents at once first, which warms up for one at a time."""
    person, viewer = await Person.registered(server.url), Viewer()
    await viewer.open(person)
    try:
        webhook = await person.webhook()
        together = await viewer.follow(person, webhook, [f"many-{n}" for n in range(plan.at_once)])
        alone = [
            one for n in range(plan.repetitions) for one in await viewer.follow(person, webhook, [f"one-{n}"])
        ]
    finally:
        await viewer.close()
        await all_leave()
    return {"one_at_a_time": of_seen(alone), "at_once": of_seen(together)}


async def introduce(url: str, requests: Sequence[bytes]) -> None:
    """Send each of the requests once, so that their alerts are known; and warm the server up by it."""
    async with http_askers(url, requests, 202)() as askers:
        for _ in range(len(requests) // len(askers)):
            await asyncio.gather(*(ask() for ask in askers))


async def kept(server: Measured) -> int:
    """How many alerts the database says that it has received."""
    return (await server.fetch("SELECT coalesce(sum(received_count), 0)::bigint FROM alerts"))[0][0]


async def promises(server: Measured) -> dict[str, str]:
    """What PostgreSQL promises when it says that something is committed."""
    names = ("fsync", "synchronous_commit", "full_page_writes", "server_version")
    return {name: (await server.fetch(f"SHOW {name}"))[0][0] for name in names}


@asynccontextmanager
async def webhook_of(server: Measured) -> AsyncIterator[str]:
    """The webhook of an organization of its own."""
    person = await Person.registered(server.url)
    try:
        yield await person.webhook()
    finally:
        await all_leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--seconds", type=float, default=4, help="length of each stretch of load")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--repetitions", type=int, default=12, help="incidents, one at a time")
    parser.add_argument("--at-once", type=int, default=20, help="incidents at once")
    given = parser.parse_args()
    plan = Plan(given.seconds, given.runs, given.repetitions, given.at_once)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measure(plan))
    print(json.dumps(figures) if given.json else printed(figures))


if __name__ == "__main__":
    main()
