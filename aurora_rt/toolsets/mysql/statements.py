"""What takes most time, and which tables are read without an index, over a short sample."""

import asyncio
import time
from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeVar

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.databases.statements import statement
from aurora_rt.toolsets.facts.databases import (
    DatabaseStatements,
    Session,
    StatementState,
    StatementUse,
    TableScans,
)
from aurora_rt.toolsets.mysql import connecting
from aurora_rt.toolsets.mysql.connecting import KIND, Row, client, session
from aurora_rt.toolsets.mysql.sessions import sessions_of
from aurora_rt.toolsets.toolset import Access, Seen

SAMPLE_SECONDS: Final = 2.0
MOST: Final = 10
PICOSECONDS: Final = 1e12
Key = TypeVar("Key", bound=Hashable)


async def statements(parameters: OfDatabase, access: Access) -> Seen:
    """What is worked on while it is watched."""
    databases = chosen(access.settings.watched_mysql, KIND, parameters.database)
    found = await each(databases, _sample, patience(access.settings))
    facts = DatabaseStatements(databases=found.told, silent=found.silent)
    command = client(databases[0], "SELECT * FROM sys.statement_analysis LIMIT 20")
    return Seen(command, found.text([texts.statements(one) for one in found.told]), facts)


async def _sample(database: Watched) -> StatementState:
    async with session(database) as opened:
        began = time.monotonic()
        before = (await _digests(opened), await _reads(opened))
        await asyncio.sleep(SAMPLE_SECONDS)
        after = (await _digests(opened), await _reads(opened))
        lasted = time.monotonic() - began
        every = await sessions_of(opened)
        running = [one for one in every.values() if one.pid != opened.me]
        scans = await _scans(opened, before[1], after[1])
    counted = bool(after[0])
    return StatementState(
        database=database.name,
        seconds=lasted,
        source="Statements counted by the performance schema, and those that run now."
        if counted
        else "Only statements that run now: the performance schema is off or not to be seen.",
        statements=(*_running(running), *_dearest(before[0], after[0]))[:MOST],
        scans=scans,
    )


async def _digests(opened: connecting.Session) -> list[Row]:
    rows = await opened.rows_if_allowed(
        """SELECT DIGEST AS digest, MIN(LEFT(DIGEST_TEXT, 2000)) AS text, SUM(COUNT_STAR) AS calls,
                  SUM(SUM_TIMER_WAIT) AS spent
             FROM performance_schema.events_statements_summary_by_digest
            WHERE DIGEST IS NOT NULL
            GROUP BY DIGEST
            LIMIT 10000"""
    )
    return rows or []


async def _reads(opened: connecting.Session) -> list[Row]:
    """Rows read from each table, without an index (`scanned`) and through one."""
    rows = await opened.rows_if_allowed(
        """SELECT OBJECT_SCHEMA AS place, OBJECT_NAME AS name, SUM(IF(INDEX_NAME IS NULL, COUNT_READ, 0)) AS scanned,
                  SUM(IF(INDEX_NAME IS NULL, 0, COUNT_READ)) AS looked_up
             FROM performance_schema.table_io_waits_summary_by_index_usage
            WHERE OBJECT_SCHEMA NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
            GROUP BY OBJECT_SCHEMA, OBJECT_NAME
            ORDER BY scanned DESC
            LIMIT 2000"""
    )
    return rows or []


def _grown(
    before: Sequence[Row], after: Sequence[Row], key: Callable[[Row], Key], *counts: str
) -> dict[Key, tuple[int, ...]]:
    """By how much counts have grown, for those that were there or are new."""
    old = {key(one): tuple(int(one[name] or 0) for name in counts) for one in before}
    new = {key(one): tuple(int(one[name] or 0) for name in counts) for one in after}
    nothing = (0,) * len(counts)
    return {
        one: tuple(max(0, now - was) for now, was in zip(counted, old.get(one, nothing), strict=True))
        for one, counted in new.items()
    }


def _dearest(before: Sequence[Row], after: Sequence[Row]) -> tuple[StatementUse, ...]:
    wording = {str(one["digest"]): statement(str(one["text"] or "")) for one in after}
    grown = _grown(before, after, lambda one: str(one["digest"]), "calls", "spent")
    spent = sorted(
        ((calls, time_taken / PICOSECONDS, digest) for digest, (calls, time_taken) in grown.items() if calls),
        key=lambda one: -one[1],
    )
    total = sum(seconds for _, seconds, _ in spent) or 1.0
    return tuple(
        StatementUse(
            statement=wording[digest], calls=calls, mean_seconds=seconds / calls, share=seconds / total
        )
        for calls, seconds, digest in spent[:MOST]
        if "performance_schema" not in wording[digest]  # our own
    )


def _running(sessions: Sequence[Session]) -> tuple[StatementUse, ...]:
    """What runs at this moment, statements alike together."""
    groups: dict[str, list[float]] = {}
    for one in sessions:
        if one.state in ("Query", "Execute") and one.seconds >= 1 and "lock" not in one.waits_for.lower():
            groups.setdefault(one.statement, []).append(one.seconds)
    whole = sum(map(sum, groups.values())) or 1.0
    found = [
        StatementUse(
            statement=text, calls=len(each), mean_seconds=sum(each) / len(each), share=sum(each) / whole
        )
        for text, each in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: -one.share))


async def _scans(
    opened: connecting.Session, before: Sequence[Row], after: Sequence[Row]
) -> tuple[TableScans, ...]:
    grown = _grown(before, after, lambda one: (str(one["place"]), str(one["name"])), "scanned", "looked_up")
    most = sorted((one for one in grown if grown[one][0] > 0), key=lambda one: -grown[one][0])[:MOST]
    return tuple([await _scan(opened, place, name, *grown[place, name]) for place, name in most])


async def _scan(
    opened: connecting.Session, place: str, name: str, scanned: int, looked_up: int
) -> TableScans:
    sizes = await opened.rows(
        """SELECT TABLE_ROWS AS rows_in, DATA_LENGTH + INDEX_LENGTH AS size FROM information_schema.TABLES
            WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s""",
        (place, name),
    )
    indexes = await opened.rows(
        """SELECT INDEX_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX SEPARATOR ', ') AS columns_in
             FROM information_schema.STATISTICS
            WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s
            GROUP BY INDEX_NAME""",
        (place, name),
    )
    size = sizes[0] if sizes else {"rows_in": 0, "size": 0}
    rows_in = int(size["rows_in"] or 0)
    return TableScans(
        table=f"{place}.{name}",
        size=int(size["size"] or 0),
        rows=rows_in,
        scans=scanned // rows_in if rows_in else 0,
        rows_read=scanned,
        index_scans=looked_up,
        indexes=tuple(f"({one['columns_in']})" for one in indexes),
    )
