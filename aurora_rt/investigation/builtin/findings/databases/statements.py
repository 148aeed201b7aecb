"""Statements that cost most, tables that are read without an index, slow commands of a cache. Pure."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, Speaks, found
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, share_of
from aurora_rt.investigation.builtin.wording import code, counted, duration, foreign, plain, size
from aurora_rt.toolsets.facts.databases import DatabaseStatements, StatementState, StatementUse, TableScans

LARGE: Final = 10_000
"""Rows from which on reading a table from end to end is worth telling."""
SLOW: Final = 1.0
"""Seconds from which on a statement is slow."""
SLOW_COMMAND: Final = 0.01
"""Seconds from which on a command of a cache is slow: it keeps all others waiting."""
LEAD: Final = timedelta(minutes=10)
"""Before the alert from which on a slow command may be of the trouble."""


def statements(seen: Evidence[DatabaseStatements], speaks: Speaks) -> Assessment:
    """What each database works on."""
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        mine = [
            *_scans(one, seen.cite, speaks),
            *_slow(one, seen.cite, speaks),
            *_invalid(one, seen.cite, speaks),
        ]
        made += mine
        if not mine:
            claim = (
                f"No statement in {foreign(one.database, 80)} is slow, and no large table is read from end to end "
                f"{seen.cite}."
            )
            cleared.append(Cleared("latency", claim))
    return Assessment(tuple(made), tuple(cleared))


def slow_commands(seen: Evidence[DatabaseStatements], anchor: datetime) -> Assessment:
    """The slow commands of caches since shortly before an alert."""
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        slow = [
            command
            for command in one.statements
            if command.mean_seconds >= SLOW_COMMAND and command.at and command.at >= anchor - LEAD
        ]
        if not slow:
            claim = f"{foreign(one.database, 80)} logged no slow command around the alert {seen.cite}."
            cleared.append(Cleared("latency", claim))
            continue
        worst = max(slow, key=lambda command: command.mean_seconds)
        lasted = sum(command.mean_seconds for command in slow)
        claim = (
            f"{foreign(one.database, 80)} logged {counted(len(slow), 'slow command')} around the alert, the slowest of "
            f"{plain(worst.mean_seconds * 1000)} ms: {code(worst.statement)}, which kept all others "
            f"waiting {seen.cite}."
        )
        strength = 0.3 + 0.3 * share_of(worst.mean_seconds, 1.0) + 0.2 * share_of(lasted, 5.0)
        made.append(found("slow_query", one.database, claim, strength, "redis-cli SLOWLOG GET 20"))
    return Assessment(tuple(made), tuple(cleared))


def _scans(one: StatementState, cite: str, speaks: Speaks) -> Iterator[Finding]:
    large = [
        table
        for table in one.scans
        if table.scans and table.rows_read >= LARGE and table.rows_read / table.scans >= LARGE
    ]
    for table in large[:3]:
        a_second = table.rows_read / max(one.seconds, 0.1)
        through = (
            f"{counted(table.index_scans, 'time')} through an index"
            if table.index_scans
            else "never by index"
        )
        large_by = f", {size(table.size)}" if table.size else ""
        have = "; ".join(table.indexes[:4]) or "none"
        claim = (
            f"In {foreign(one.database, 80)}, {code(table.table)} ({table.rows} rows{large_by}) was read from end to "
            f"end {counted(table.scans, 'time')} in {plain(round(one.seconds, 1))} s, {a_second:.0f} rows a second, "
            f"and {through}; its indexes are {code(have, 200)}, and one may be missing {cite}."
        )
        yield found("slow_query", one.database, claim, _costs(table, a_second), _look(table, speaks))


def _costs(table: TableScans, a_second: float) -> float:
    """10,000 rows a second are little, a million is what a processor can do."""
    busy = share_of(math.log10(max(a_second, 1.0)) - 4, 2)
    return 0.3 + 0.45 * busy + (0.1 if not table.index_scans else 0.0)


def _look(table: TableScans, speaks: Speaks) -> str:
    tongue = TONGUES[speaks]
    name = "".join(sign for sign in table.table if sign.isalnum() or sign in "._ ")
    if speaks == "mysql":
        return tongue.typed(f"SHOW INDEX FROM {name}")
    return tongue.typed(rf"\d+ {name}")


def _slow(one: StatementState, cite: str, speaks: Speaks) -> Iterator[Finding]:
    tongue = TONGUES[speaks]
    slow = [statement for statement in one.statements if _is_slow(statement, one.seconds)]
    for statement in slow[:3]:
        strength = 0.35 + 0.35 * share_of(statement.mean_seconds, 30) + 0.1 * share_of(statement.calls, 10)
        claim = (
            f"In {foreign(one.database, 80)}, {code(statement.statement, 200)} takes "
            f"{_took(statement.mean_seconds)} on average ({counted(statement.calls, 'time')} while it was watched, "
            f"{statement.share:.0%} of all statement time) {cite}."
        )
        yield found("slow_query", one.database, claim, strength, tongue.typed(tongue.sessions))


def _is_slow(statement: StatementUse, watched: float) -> bool:
    """Slow by itself; or so often that it takes half of a processor."""
    busy = statement.calls * statement.mean_seconds / max(watched, 0.1)
    return statement.mean_seconds >= SLOW or (statement.mean_seconds >= 0.05 and busy >= 0.5)


def _took(seconds: float) -> str:
    return duration(seconds) if seconds >= 10 else f"{plain(round(seconds, 2))} s"


def _invalid(one: StatementState, cite: str, speaks: Speaks) -> Iterator[Finding]:
    if one.invalid_indexes:
        names = ", ".join(code(name, 100) for name in one.invalid_indexes[:3])
        claim = f"In {foreign(one.database, 80)} an index failed to build and is not used: {names} {cite}."
        look = TONGUES[speaks].typed("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")
        yield found("slow_query", one.database, claim, 0.35, look, "clue")
