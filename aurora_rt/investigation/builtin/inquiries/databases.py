"""Looking at the databases and caches that are configured: the commonest places where others wait."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Family, Kind, words_of
from aurora_rt.investigation.builtin.findings.databases.caches import big_keys, buffers, caches
from aurora_rt.investigation.builtin.findings.databases.locks import locks
from aurora_rt.investigation.builtin.findings.databases.replication import replication
from aurora_rt.investigation.builtin.findings.databases.sessions import sessions
from aurora_rt.investigation.builtin.findings.databases.silence import gaps, silence
from aurora_rt.investigation.builtin.findings.databases.statements import slow_commands, statements
from aurora_rt.investigation.builtin.findings.databases.storage import storage
from aurora_rt.investigation.builtin.findings.databases.tongue import Speaks
from aurora_rt.investigation.builtin.findings.finding import Assessment, Finding, together
from aurora_rt.investigation.builtin.gathering import Inquiry, Look, Outcome
from aurora_rt.investigation.builtin.inquiries.outcomes import outcome
from aurora_rt.investigation.builtin.reading import Reading
from aurora_rt.toolsets.facts.databases import (
    BigKeys,
    BufferPools,
    CacheState,
    DatabaseReplication,
    DatabaseSessions,
    DatabaseStatements,
    DatabaseTables,
    LockWaits,
)
from aurora_rt.toolsets.toolset import Looking, Observation

Told = (
    DatabaseSessions
    | LockWaits
    | DatabaseStatements
    | DatabaseTables
    | DatabaseReplication
    | CacheState
    | BigKeys
    | BufferPools
)
FELT_BY_CALLERS: Final[frozenset[Family]] = frozenset(
    {"latency", "errors", "availability", "traffic", "general"}
)
"""What an alert is about when those who call a database suffer: then any fault of it is as near as can be."""
GRAVE: Final = 0.5
"""From this strength on."""
LONG_SO: Final[frozenset[Kind]] = frozenset({"table_bloat", "disk_filling"})
"""What goes on for days before anybody feels it, and so explains little of an alert about something else."""
_CALLED: Final[dict[Speaks, frozenset[str]]] = {
    "postgresql": frozenset({"postgres", "postgresql", "pg"}),
    "mysql": frozenset({"mysql", "mariadb", "innodb"}),
    "redis": frozenset({"redis", "valkey", "cache"}),
}
_OF_DATABASES: Final = frozenset(
    {
        "bloat",
        "connections",
        "database",
        "databases",
        "db",
        "deadlock",
        "deadlocks",
        "eviction",
        "evictions",
        "lock",
        "locks",
        "pool",
        "query",
        "queries",
        "replica",
        "replication",
        "sql",
        "vacuum",
        "wraparound",
    }
)
"""Words of alerts that are about a database, whichever."""
_ASKED: Final[dict[Speaks, tuple[str, ...]]] = {
    "postgresql": ("activity", "locks", "statements", "tables", "replication"),
    "mysql": ("activity", "locks", "statements", "replication", "buffer_pool"),
    "redis": ("info", "slowlog", "big_keys", "clients"),
}
"""The first tells whether it answers at all; the others are asked only then, side by side."""


def postgresql_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What the PostgreSQL databases suffer from."""
    opening = (
        "Where many wait, a database is often what they wait for. Looking at PostgreSQL: connections, locks, "
        "statements, tables and replication."
    )
    return Inquiry("postgresql", opening, _pursuit("postgresql", reading, tools))


def mysql_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What the MySQL and MariaDB servers suffer from."""
    opening = (
        "Does MySQL keep others waiting? Looking at connections, locks, statements, replication and memory."
    )
    return Inquiry("mysql", opening, _pursuit("mysql", reading, tools))


def redis_inquiry(reading: Reading, tools: Looking) -> Inquiry:
    """What the caches suffer from."""
    opening = (
        "A cache that is full or slow makes everything behind it slow. Looking at Redis twice, a second apart: memory, "
        "evictions, clients, slow commands and big keys."
    )
    return Inquiry("redis", opening, _pursuit("redis", reading, tools))


def _pursuit(speaks: Speaks, reading: Reading, tools: Looking) -> Callable[[Look], Awaitable[Outcome]]:
    names = [f"{speaks}.{tool}" for tool in _ASKED[speaks] if tools.has(f"{speaks}.{tool}")]

    async def pursue(look: Look) -> Outcome:
        seen = [await look(names[0])]
        if _anybody_answered(seen[0]):
            seen += await asyncio.gather(*(look(name) for name in names[1:]))
        assessment = together(_weighed(one, speaks, tools) for one in seen)
        assessment = _placed(assessment, speaks, reading)
        told = outcome(assessment, seen, reading.families)
        return replace(told, gaps=(*told.gaps, *_gaps(seen)))

    return pursue


def _anybody_answered(seen: Observation) -> bool:
    return isinstance(seen.facts, DatabaseSessions | CacheState) and bool(seen.facts.databases)


def _weighed(seen: Observation, speaks: Speaks, tools: Looking) -> Assessment:
    facts = seen.facts
    if not isinstance(facts, Told):
        return Assessment()
    assessment = _of_facts(facts, seen, speaks, tools)
    # The first look tells of those that are away; that the others missed them, too, says nothing new.
    first = seen.tool.rpartition(".")[2] == _ASKED[speaks][0]
    return assessment + silence(facts.silent, seen.cite, speaks) if first else assessment


def _of_facts(facts: Told, seen: Observation, speaks: Speaks, tools: Looking) -> Assessment:
    cite, output = seen.cite, seen.output
    match facts:
        case DatabaseSessions():
            return sessions(Evidence(facts, cite, output), speaks)
        case LockWaits():
            return locks(Evidence(facts, cite, output), speaks)
        case DatabaseStatements() if speaks == "redis":
            return slow_commands(Evidence(facts, cite, output), tools.window.anchor)
        case DatabaseStatements():
            return statements(Evidence(facts, cite, output), speaks)
        case DatabaseTables():
            return storage(Evidence(facts, cite, output))
        case DatabaseReplication():
            return replication(Evidence(facts, cite, output), speaks)
        case CacheState():
            return caches(Evidence(facts, cite, output))
        case BigKeys():
            return big_keys(Evidence(facts, cite, output))
        case BufferPools():
            return buffers(Evidence(facts, cite, output))


def _gaps(seen: Sequence[Observation]) -> tuple[str, ...]:
    """What could not be seen of databases that may be well; each database once for each reason."""
    told: dict[tuple[str, str], str] = {}
    for one in seen:
        if isinstance(one.facts, Told):
            for silent in one.facts.silent:
                for gap in gaps([silent], one.cite):
                    told.setdefault((silent.database, silent.cause), gap)
    return tuple(told.values())


def _placed(assessment: Assessment, speaks: Speaks, reading: Reading) -> Assessment:
    """Grave faults are as near as can be to an alert of those who call a database, or of the database itself."""
    near = reading.families[0] in FELT_BY_CALLERS or _is_about(speaks, reading)
    named = _labels(reading)

    def placed(finding: Finding) -> Finding:
        own = finding.node.lower() in named or (
            near and finding.strength >= GRAVE and finding.kind not in LONG_SO
        )
        return replace(finding, own=True) if own and finding.role == "culprit" else finding

    return replace(assessment, findings=tuple(map(placed, assessment.findings)))


def _is_about(speaks: Speaks, reading: Reading) -> bool:
    alert = reading.alert
    words = set(words_of(f"{alert.title} {alert.labels.get('alertname', '')} {alert.service}").split())
    return not words.isdisjoint(_CALLED[speaks] | _OF_DATABASES)


def _labels(reading: Reading) -> frozenset[str]:
    values: Mapping[str, str] = reading.alert.labels
    return frozenset(value.lower() for name, value in values.items() if name != "alertname")
