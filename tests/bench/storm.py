"""A storm of alerts against a whole server, and what became of it: run by hand, it prints a report.

    .venv/bin/python tests/bench/storm.py [--json] [--alerts 10000] [--causes 40] [--seconds 60] [--role up]

Four vendors tell of some causes, again and again, out of order and with retries (`storms`), while two people keep
reading. The server with its workers, its PostgreSQL and its Valkey share the first core; the load has the second.
Waits count from when a call was due. Nothing here passes or fails.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # what tests share: people.py, programs.py

import uvloop
from driving import percentile
from figures import printed
from measured import Measured, measured
from people import Person, all_leave, firing, notification
from storms import SOURCES, Call, storm
from wire import HttpConnection, get, post

CONNECTIONS = 32
READS_A_SECOND = 10
"""Of the list, and as many of an incident."""
TRIES = 5
CALM = "calm"
"""The service of the one incident before the storm, which is read all the time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How large a storm."""

    alerts: int
    causes: int
    seconds: float
    calm_seconds: float
    role: str
    seed: int = 7


@dataclass
class Sent:
    """What was sent and answered; waits in seconds."""

    answers: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    taken: list[Call] = field(default_factory=list)
    given_up: int = 0


@dataclass
class Reads:
    """How long reading took, in seconds."""

    waits: dict[str, list[float]] = field(default_factory=lambda: {"list": [], "incident": []})
    refused: int = 0


async def measure(plan: Plan) -> dict[str, Any]:
    """The whole report."""
    data_dir = Path(tempfile.mkdtemp(prefix="aurora-storm-"))
    try:
        async with measured(plan.role, data_dir) as server:
            person = await Person.registered(server.url)
            try:
                return await reported(server, person, plan)
            finally:
                await all_leave()
    finally:
        shutil.rmtree(data_dir, ignore_errors=True)


async def reported(server: Measured, person: Person, plan: Plan) -> dict[str, Any]:
    """A calm while, the storm, and what the database has of it."""
    urls = {source: await person.webhook(source) for source in SOURCES}
    before = await person.http.post(urls["alertmanager"], json=notification(firing(service=CALM)))
    assert before.status_code == 202, before.text
    incident = (await person.incidents())[0]["id"]
    if plan.role == "up":
        await person.analyzed(incident)
    calm = await reading(person, incident, plan.calm_seconds)
    memory, cpu = server.process.memory_info().rss, server.cpu()
    calls = storm(plan.seed, datetime.now(UTC), alerts=plan.alerts, causes=plan.causes, seconds=plan.seconds)
    began = time.perf_counter()
    reads = asyncio.ensure_future(reading(person, incident, plan.seconds))
    sent = await sending(calls, urls)
    took, used = time.perf_counter() - began, server.cpu() - cpu
    during = await reads
    return {
        "webhook": {
            "answers": {str(status): count for status, count in sorted(sent.answers.items())},
            "not_taken": sent.given_up,
            "seconds": round(took, 1),
            **waits_of(sent.waits),
            "server_cpu": round(used.server / took, 2),
            "postgres_cpu": round(used.postgres / took, 2),
        },
        "reads": reads_of(calm, during),
        "kept": await kept(server, sent),
        "incidents": await incidents(server, plan, calls),
        "memory_mib": {
            "before": memory >> 20,
            "after": server.process.memory_info().rss >> 20,
        },
    }


async def sending(calls: Sequence[Call], urls: dict[str, str]) -> Sent:
    """Make every call when it is due, on any connection that is free; and again, as vendors do, where it fails."""
    sent, following, start = Sent(), iter(calls), time.perf_counter()

    async def keep_sending() -> None:
        connection = await HttpConnection.opened(urls[SOURCES[0]])
        for call in following:
            await asyncio.sleep(start + call.due - time.perf_counter())
            for _ in range(TRIES):
                try:
                    status = await connection.ask(post(urls[call.source], call.body))
                except OSError:
                    status, connection = 0, await HttpConnection.opened(urls[SOURCES[0]])
                sent.answers[status] += 1
                if status == 202:
                    sent.waits.append(time.perf_counter() - start - call.due)
                    sent.taken.append(call)
                    break
                await asyncio.sleep(1)
            else:
                sent.given_up += 1
        connection.close()

    await asyncio.gather(*(keep_sending() for _ in range(CONNECTIONS)))
    return sent


async def reading(person: Person, incident: str, seconds: float) -> Reads:
    """Read the list of incidents and one of them at a steady pace."""
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    reads, start = Reads(), time.perf_counter()

    async def keep_reading(what: str, path: str) -> None:
        connection = await HttpConnection.opened(person.base_url)
        request = get(f"{person.base_url}{path}", cookie=cookie)
        for number in range(int(seconds * READS_A_SECOND)):
            due = start + number / READS_A_SECOND
            await asyncio.sleep(due - time.perf_counter())
            if await connection.ask(request) == 200:
                reads.waits[what].append(time.perf_counter() - due)
            else:
                reads.refused += 1
        connection.close()

    await asyncio.gather(
        keep_reading("list", "/api/incidents?limit=50"),
        keep_reading("incident", f"/api/incidents/{incident}"),
    )
    return reads


async def kept(server: Measured, sent: Sent) -> dict[str, int]:
    """What was answered well, beside what the database has: none may be lost."""
    ((received, known),) = await server.fetch(
        "SELECT coalesce(sum(received_count), 0)::bigint - 1, count(*) - 1 FROM alerts"  # the one before the storm
    )
    ((deliveries, waiting),) = await server.fetch(
        "SELECT count(*) - 1, count(*) FILTER (WHERE status <> 'processed') FROM webhook_deliveries"
    )
    return {
        "alerts_sent": sum(len(call.symptoms) for call in sent.taken),
        "alerts_kept": received,
        "different_alerts_sent": len({one for call in sent.taken for one in call.symptoms}),
        "different_alerts_kept": known,
        "calls_taken": len(sent.taken),
        "calls_kept": deliveries,
        "calls_not_processed": waiting,
    }


async def incidents(server: Measured, plan: Plan, calls: Sequence[Call]) -> dict[str, float]:
    """How many incidents the storm became; and of how many causes each tells."""
    rows = await server.fetch(
        "SELECT array_agg(DISTINCT service) AS services FROM shown_alerts GROUP BY incident_id"
    )
    ((opened, merged),) = await server.fetch(
        "SELECT count(*) - 1, count(*) FILTER (WHERE merged_into IS NOT NULL) FROM incidents"
    )
    return {
        "causes": len({one.cause for call in calls for one in call.symptoms}),
        "incidents": opened - merged,
        "of_several_causes": sum(len(row["services"]) > 1 for row in rows),
    }


def waits_of(waits: Sequence[float]) -> dict[str, float]:
    ordered = sorted(waits)
    return {
        f"p{round(share * 100)}_ms": round(percentile(ordered, share) * 1000, 1) for share in (0.5, 0.99)
    } | {"longest_ms": round(max(ordered, default=0) * 1000, 1)}


def reads_of(calm: Reads, during: Reads) -> dict[str, Any]:
    figures: dict[str, Any] = {"refused": calm.refused + during.refused}
    for what in calm.waits:
        before, meanwhile = waits_of(calm.waits[what]), waits_of(during.waits[what])
        ratio = round(meanwhile["p99_ms"] / before["p99_ms"], 2)
        figures[what] = {"calm": before, "storm": meanwhile, "p99_ratio": ratio}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--alerts", type=int, default=10_000, help="how often alerts are told of, in all")
    parser.add_argument("--causes", type=int, default=40, help="what they tell of")
    parser.add_argument("--seconds", type=float, default=60, help="length of the storm")
    parser.add_argument("--calm-seconds", type=float, default=15, help="length of the calm before it")
    parser.add_argument("--role", choices=("up", "web"), default="up", help="with workers, or without")
    given = parser.parse_args()
    plan = Plan(given.alerts, given.causes, given.seconds, given.calm_seconds, given.role)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(measure(plan))
    print(json.dumps(figures) if given.json else printed(figures))


if __name__ == "__main__":
    main()
