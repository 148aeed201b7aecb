"""MySQL and MariaDB servers, at `AURORA_MYSQL`: who works, who waits, what is slow, who follows, what fits in memory.

    connecting   one short read-only session for each look, and a sentence for each way in which that fails
    sessions     connections, statements that run, and transactions that are open
    locks        who waits for whom
    statements   what takes most time, and tables that are read without an index, over a short sample
    replication  replicas and what they follow
    buffers      how well tables fit into memory

MySQL 5.7 or newer, MariaDB 10.5 or newer; the driver comes with the extra `mysql`. The privileges PROCESS and
REPLICATION CLIENT let a user see it all; what is hidden is said. Sources:
https://dev.mysql.com/doc/refman/8.4/en/performance-schema.html, https://mariadb.com/kb/en/information-schema-tables/.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.databases import addresses
from aurora_rt.toolsets.databases.asking import OfDatabase, health, patience
from aurora_rt.toolsets.mysql import buffers, locks, replication, sessions, statements
from aurora_rt.toolsets.mysql.connecting import DRIVER, KIND, answers
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

TIMEOUT: Final = 20.0
FRESH: Final = 5.0


def _unusable(settings: Settings) -> str | None:
    reason = addresses.complaint(settings.watched_mysql, KIND)
    if reason is None and not DRIVER:
        return "MySQL and MariaDB need a driver that is not installed: pip install 'aurora-rt[mysql]'."
    return reason


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    return await health(settings.watched_mysql, KIND, answers, patience(settings))


TOOLSET: Final = Toolset(
    name="mysql",
    title="MySQL and MariaDB",
    description="Sessions, locks, statements, replication and the buffer pool of MySQL and MariaDB servers.",
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
            locks.locks,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "statements",
            "Which statements take most time now, and which tables are read without an index.",
            statements.statements,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "replication",
            "What a replica follows, how far it is behind, and why it stopped.",
            replication.replication,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "buffer_pool",
            "Reads from disk, full scans and temporary tables on disk right now, against the size of the buffer pool.",
            buffers.buffer_pool,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
    ),
    unusable=_unusable,
    health=_health,
)
