"""REST, measured beside Flask on gunicorn: run by hand, it starts all servers and prints figures.

    .venv/bin/python tests/bench/rest.py [--json] [--seconds N] [--only list,detail]

Aurora under hypercorn, Aurora under uvicorn and Flask (`flask_app.py`, 8 threads) answer the same requests from the
same database, one process each on the first core; PostgreSQL, Redis and the load (32 connections) have the second.
They take turns; a figure is the median of all runs, a ratio the median of the ratios run by run. `server_cpu_ms` is
what one request costs the server, and the steadiest figure on a busy machine. Nothing here passes or fails.
"""

import argparse
import asyncio
import itertools
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share: people.py, programs.py

import httpx
import uvloop
from asking import CONNECTIONS, http_askers
from contenders import Contender, contenders
from driving import Outcome, drive, percentile
from figures import printed
from filled import Filled, filled
from people import PASSWORD, Person, all_leave
from wire import get, post

CALM_RATE = 40
LOGINS_AT_ONCE = 16

Figures = dict[str, float]
Requests = dict[str, Callable[[str], list[bytes]]]
"""What to ask of a base URL, by endpoint; the requests are sent in turn."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure."""

    seconds: float
    runs: int
    only: frozenset[str]


async def measure(plan: Plan) -> dict[str, Any]:
    """Every figure there is."""
    data_dir = Path(tempfile.mkdtemp(prefix="aurora-bench-"))
    try:
        async with contenders(data_dir) as (servers, database_url):
            known = await filled(servers["hypercorn"].url, database_url)
            people = [await Person.registered(servers["hypercorn"].url) for _ in range(CONNECTIONS)]
            asked = requests(known, [one.email for one in people])
            await same_answers(servers, known)
            figures = {
                endpoint: await compared(servers, asked[endpoint], plan)
                for endpoint in asked
                if endpoint in plan.only
            }
            if "burst" in plan.only:
                figures["burst"] = {
                    name: await burst(one, asked, plan) for name, one in servers.items() if name != "flask"
                }
            await all_leave()
            return figures
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


def requests(known: Filled, emails: list[str]) -> Requests:
    def reading(path: str) -> Callable[[str], list[bytes]]:
        cookie = f"\r\ncookie: {known.cookie}\r\n\r\n".encode()
        return lambda url: [get(url + path).removesuffix(b"\r\n\r\n") + cookie]

    bodies = [json.dumps({"email": email, "password": PASSWORD}).encode() for email in emails]
    return {
        "list": reading("/api/incidents"),
        "detail": reading(f"/api/incidents/{known.incident_id}"),
        "sessions": reading("/chat_api/sessions"),
        "login": lambda url: [post(f"{url}/api/auth/login", body) for body in bodies],
    }


async def same_answers(servers: dict[str, Contender], known: Filled) -> None:
    """Whoever answers something else does not take part."""
    async with httpx.AsyncClient(headers={"cookie": known.cookie}, trust_env=False) as http:
        for path in ("/api/incidents", f"/api/incidents/{known.incident_id}", "/chat_api/sessions"):
            ours, *others = [(await http.get(one.url + path)).json() for one in servers.values()]
            assert all(other == ours for other in others), path


async def compared(servers: dict[str, Contender], asked: Callable[[str], list[bytes]], plan: Plan) -> Any:
    """One endpoint of all servers, in turns."""
    runs: dict[str, list[Figures]] = {name: [] for name in servers}
    for _ in range(plan.runs):
        for name, one in servers.items():
            runs[name].append(await one_run(one, asked, plan))
    figures: dict[str, Any] = {
        name: {what: statistics.median(run[what] for run in of) for what in of[0]}
        for name, of in runs.items()
    }
    figures["to_flask"] = {
        f"{name}_{what}": round(
            statistics.median(
                mine[what] / flask[what] for mine, flask in zip(runs[name], runs["flask"], strict=True)
            ),
            3,
        )
        for name in servers
        if name != "flask"
        for what in ("requests_per_second", "p99_ms", "server_cpu_ms")
    }
    return figures


async def one_run(
    server: Contender, asked: Callable[[str], list[bytes]], plan: Plan, rate: float | None = None
) -> Figures:
    async with http_askers(server.url, itertools.cycle(asked(server.url)), 200)() as askers:
        await asyncio.gather(*(ask() for ask in askers[:2]))
        before = server.cpu()
        outcome = await drive(askers, plan.seconds, rate=rate)
        return in_figures(outcome, server.cpu() - before)


async def burst(server: Contender, asked: Requests, plan: Plan) -> Figures:
    """How long the list takes at a calm pace, alone and while people sign in without a pause."""
    ratios, calm, busy, logins = [], [], [], 0
    for _ in range(plan.runs):
        calm.append((await one_run(server, asked["list"], plan, CALM_RATE))["p99_ms"])
        signing_in = http_askers(server.url, itertools.cycle(asked["login"](server.url)), 200)
        async with signing_in() as people:
            reading, signed_in = await asyncio.gather(
                one_run(server, asked["list"], plan, CALM_RATE), drive(people[:LOGINS_AT_ONCE], plan.seconds)
            )
        busy.append(reading["p99_ms"])
        ratios.append(busy[-1] / calm[-1])
        logins += signed_in.answered
    return {
        "calm_p99_ms": statistics.median(calm),
        "burst_p99_ms": statistics.median(busy),
        "ratio": round(statistics.median(ratios), 2),
        "logins": logins,
    }


def in_figures(outcome: Outcome, server_cpu: float) -> Figures:
    return {
        "requests_per_second": round(outcome.rate, 1),
        "p50_ms": round(percentile(outcome.waits, 0.5) * 1000, 2),
        "p99_ms": round(percentile(outcome.waits, 0.99) * 1000, 2),
        "server_cpu_ms": round(server_cpu / max(1, outcome.answered) * 1000, 3),
        "load_cpu": round(outcome.load_cpu, 2),
        "refused": outcome.refused,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--seconds", type=float, default=4, help="length of each stretch of load")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--only", default="list,detail,sessions,login,burst", help="what to measure")
    given = parser.parse_args()
    plan = Plan(given.seconds, given.runs, frozenset(given.only.split(",")))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measure(plan))
    print(json.dumps(figures) if given.json else printed(figures))


if __name__ == "__main__":
    main()
