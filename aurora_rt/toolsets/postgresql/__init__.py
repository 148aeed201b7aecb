"""PostgreSQL databases, at `AURORA_POSTGRESQL`: who works, who waits, what is slow, what grows, who follows.

    connecting   one short read-only session for each look, and a sentence for each way in which that fails
    sessions     connections, statements that run, transactions that are open, and who waits for whom
    statements   what takes most time, and tables that are read without an index, over a short sample
    storage      tables, their dead rows, and the age of transaction ids
    replication  standbys, slots and archiving

PostgreSQL 12 or newer. The role `pg_monitor` lets a user see other users' statements; what is hidden is said.
Sources: https://www.postgresql.org/docs/current/monitoring-stats.html, …/view-pg-locks.html.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.databases import addresses
from aurora_rt.toolsets.databases.asking import OfDatabase, health, patience
from aurora_rt.toolsets.postgresql import replication, sessions, statements, storage
from aurora_rt.toolsets.postgresql.connecting import KIND, answers
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

TIMEOUT: Final = 20.0
FRESH: Final = 5.0


def _unusable(settings: Settings) -> str | None:
    return addresses.complaint(settings.watched_postgresql, KIND)


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    return await health(settings.watched_postgresql, KIND, answers, patience(settings))


TOOLSET: Final = Toolset(
    name="postgresql",
    title="PostgreSQL",
    description="Sessions, locks, statements, tables and replication of PostgreSQL databases.",
    cost="low",
    tools=(
        Tool(
            "activity",
            "Connections by state and holder, how many are left, and what has run or held a transaction longest.",
            sessions.activity,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "locks",
            "Who waits for a lock, on which table, how long, and who holds it, with both statements.",
            sessions.locks,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "statements",
            "Which statements take most time now, which tables are read from end to end, and invalid indexes.",
            statements.statements,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "tables",
            "The largest tables, dead rows, how far autovacuum is behind, and the age of transaction ids.",
            storage.tables,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "replication",
            "Lag of standbys, what replication slots keep, and whether archiving fails.",
            replication.replication,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
    ),
    unusable=_unusable,
    health=_health,
)
