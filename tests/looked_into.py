"""An incident that was looked into, with evidence of every kind that its page draws."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from people import Person, firing, notification

from aurora_rt import serve
from aurora_rt.clock import new_id, now
from aurora_rt.events.change import Change
from aurora_rt.incidents import lifecycle
from aurora_rt.investigation import queries, record
from aurora_rt.investigation.investigator import Cause, Suggestion, Thought, ThoughtType
from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts import AnyFacts
from aurora_rt.toolsets.facts.changes import Change as Changed
from aurora_rt.toolsets.facts.changes import Changes
from aurora_rt.toolsets.facts.metrics import Series, SeriesSet
from aurora_rt.toolsets.facts.places import CallGraph
from aurora_rt.toolsets.toolset import Observation

BEGAN = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=24)
QUERY = 'sum by (pod) (rate(http_requests_total{service="checkout",code=~"5.."}[1m]))'
CALLS = (
    ("web", "checkout"),
    ("mobile-api", "checkout"),
    ("checkout", "payments"),
    ("checkout", "cart"),
    ("cart", "redis"),
    ("payments", "payments-db"),
    ("checkout", "inventory"),
    ("search", "catalogue"),
)
HOSTILE = "<script>alert(1)</script>"
SUMMARY = f"""\
**Likely cause:** revision 7 of checkout opens a connection to payments for each request and never closes it [4]. \
Confidence: likely (0.86). Errors rose from 0.4 to 16 a second at {BEGAN:%H:%M} [1], two minutes after the \
deployment [3].

**What supports it**
- Connections to payments-db reached their limit of 100 [2].
- The log of checkout says so in its own words [5].

**Ruled out**
- The processor and the memory of checkout are as usual [1].
"""
THOUGHTS: tuple[tuple[ThoughtType, str], ...] = (
    ("observation", "ErrorsHigh fired for checkout: 5xx answers went over 5 % of all."),
    ("hypothesis", "A change made checkout fail: it was deployed two minutes before the alert [3]."),
    ("observation", "Errors come from every pod, and began on all within 30 s [1]."),
    ("analysis", "Revision 7 took the connection pool out [4]; connections grew until none was left [2]."),
    ("hypothesis", "The database itself may be slow."),
    ("observation", "Its statements take as long as before; only connections are short [2]."),
    ("ruled_out", "payments-db is healthy: it refuses connections, but answers those it has in 3 ms [2]."),
    ("limitation", "`host.journal`: this host keeps no systemd journal that we may read."),
)


def wave(base: float, after: float, noise: float, turn: float) -> tuple[tuple[float, float], ...]:
    """Samples of an hour, of which the last third departs from what is usual."""
    start = BEGAN.timestamp() - 2400
    return tuple(
        (
            start + at * 15,
            round(
                base
                + noise * math.sin(at / 3 + turn)
                + (after * min(1.0, (at - 160) / 12) if at > 160 else 0.0),
                4,
            ),
        )
        for at in range(241)
    )


def errors() -> SeriesSet:
    """Errors of three pods, one of which departs less."""
    pods = (("checkout-7c8d-ab3cd", 16.0), ("checkout-7c8d-ef4gh", 13.5), ("checkout-7c8d-ij5kl", 2.0))
    series = tuple(
        Series(labels={"pod": pod}, points=wave(0.4, after, 0.2, turn))
        for turn, (pod, after) in enumerate(pods)
    )
    return SeriesSet(query=QUERY, step=15.0, series=series, truncated=False)


def looks() -> tuple[tuple[str, str, str, AnyFacts | None], ...]:
    """Tool, command, output and facts of each look."""
    pods = {
        "items": [
            {
                "metadata": {"name": f"checkout-{n}", "labels": {"app": "checkout"}},
                "status": {"phase": "Running", "restartCount": n, "ready": n % 2 == 0},
            }
            for n in range(12)
        ],
        "truncated": False,
        "note": HOSTILE,
    }
    log = "\n".join(
        f"2026-03-01T09:{50 + n // 40:02}:{n % 40:02}Z \x1b[31mERROR\x1b[0m payments: pool exhausted after {n} waits"
        if n % 5 == 0
        else f"2026-03-01T09:{50 + n // 40:02}:{n % 40:02}Z \x1b[32mINFO\x1b[0m request {n} answered in {n % 90} ms"
        for n in range(360)
    )
    table = "PID    USER      CONNECTIONS  STATE\n" + "\n".join(
        f"{4100 + n:<6} checkout  {n * 9:<12} {'idle' if n % 3 else 'active'}" for n in range(12)
    )
    deploy = Changed(
        at=BEGAN - timedelta(minutes=2),
        service="checkout",
        kind="deploy",
        version="7",
        by="ana",
        text="Simplify the payments client",
        origin="deploy log",
        url="",
    )
    flag = Changed(
        at=BEGAN - timedelta(minutes=26),
        service="search",
        kind="flag",
        version="",
        by="ben",
        text="New ranking on for 5 %",
        origin="record",
        url="",
    )
    return (
        (
            "prometheus.query_range",
            f"promtool query range --step=15s http://prometheus:9090 '{QUERY}'",
            f"3 series, one sample every 15 s; the alert began at {BEGAN:%H:%M:%S}",
            errors(),
        ),
        ("postgresql.sessions", "psql -c 'SELECT pid, usename, … FROM pg_stat_activity'", table, None),
        (
            "changes.recent",
            "cat /var/log/deploys.jsonl",
            "09:34 flag search\n09:58 deploy checkout 7 by ana",
            Changes(changes=(flag, deploy), truncated=False),
        ),
        ("kubernetes.describe", "kubectl get pods -n shop -o json", json.dumps(pods), None),
        ("logs.search", "logcli query '{app=\"checkout\"}' --limit 360", log, None),
        (
            "topology.dependencies",
            "cat topology.yaml",
            "\n".join(f"{one} -> {other}" for one, other in CALLS),
            CallGraph(calls=CALLS, truncated=False),
        ),
    )


async def organization_of(have: serve.Resources, person: Person) -> UUID:
    """The organization of a person."""
    async with have.database.connection() as connection:
        found: UUID = await connection.fetchval("SELECT organization_id FROM users WHERE id = $1", person.id)
    return found


@asynccontextmanager
async def writing(settings: Settings, person: Person, incident_id: str) -> AsyncIterator[Any]:
    """A way to write as an investigation of the incident: `write(step, ...)` with functions of `record`."""
    async with serve.resources(settings) as have, asyncio.TaskGroup() as running:
        telling = running.create_task(have.bus.run())
        organization, made = await organization_of(have, person), new_id()
        async with have.changes.open(organization) as change:
            await queries.take_over(change, made, UUID(incident_id), new_id(), "test", now())
            await lifecycle.begin_analysis(change, UUID(incident_id))
        yield Writer(have, organization, UUID(incident_id), made)
        await have.bus.drained()
        telling.cancel()


class Writer:
    """Writes what an investigation says, one change each."""

    def __init__(self, have: serve.Resources, organization: UUID, incident_id: UUID, made: UUID) -> None:
        self.have, self.organization, self.incident_id, self.made = have, organization, incident_id, made

    @asynccontextmanager
    async def change(self) -> AsyncIterator[Change]:
        async with self.have.changes.open(self.organization) as change:
            yield change

    async def thought(self, content: str, kind: ThoughtType = "analysis", key: str = "") -> None:
        async with self.change() as change:
            said = Thought(key=key or str(new_id()), content=content, type=kind)
            await record.thought(change, self.incident_id, self.made, said)

    async def look(self, tool: str, command: str, output: str, facts: AnyFacts | None = None) -> None:
        async with self.change() as change:
            number = await queries.next_citation_number(change, self.incident_id)
            seen = Observation(number, tool, {"n": number}, command, output, now(), 0.1, facts)
            await record.citation(change, self.incident_id, self.made, self.made, seen)

    async def conclude(self, summary: str) -> None:
        async with self.change() as change:
            await lifecycle.lock(change, self.incident_id)
            causes = [Cause("checkout", "change", 0.86), Cause("payments-db", "connections", 0.3)]
            await queries.finish(change, self.made, now(), status="complete", causes=causes)
            await lifecycle.end_analysis(change, self.incident_id, summary=summary, failed=False)


async def looked_into(settings: Settings, person: Person) -> str:
    """The id of an incident with alerts, thoughts, six citations, suggestions and a summary."""
    webhook = await person.webhook()
    began = f"{BEGAN:%Y-%m-%dT%H:%M:%SZ}"
    later = f"{BEGAN + timedelta(minutes=3):%Y-%m-%dT%H:%M:%SZ}"
    first = firing("ErrorsHigh", fingerprint="a1", starts_at=began, service="checkout")
    second = firing("LatencyHigh", fingerprint="b2", starts_at=later, service="checkout")
    await person.http.post(webhook, json=notification(first, second))
    *others, incident_id = [str(one["id"]) for one in await person.incidents()]
    for other_id in others:  # where they were not correlated
        merged = await person.http.post(f"/api/incidents/{other_id}/merge", json={"into": incident_id})
        assert merged.is_success, merged.text
    async with writing(settings, person, incident_id) as investigation:
        for look in looks():
            await investigation.look(*look)
        for kind, content in THOUGHTS:
            await investigation.thought(content, kind)
        async with investigation.change() as change:
            undo = Suggestion(
                "undo",
                "Roll checkout back to revision 6",
                "The errors began with revision 7 [3].",
                "mitigation",
                "medium",
                "kubectl rollout undo deployment/checkout -n shop",
                "checkout runs revision 6 again.",
                "Roll it forward to revision 7.",
            )
            await record.suggestion(change, settings, investigation.incident_id, investigation.made, undo)
        await investigation.conclude(SUMMARY)
    return incident_id
