"""Tables full of dead rows, cleaning up that is behind, transaction ids that run out. Pure."""

from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, found
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Remedy, share_of
from aurora_rt.investigation.builtin.wording import code, day_and_clock, foreign, plain, size
from aurora_rt.toolsets.facts.databases import DatabaseTables, TableState, TableUse

FEW: Final = 10_000
"""Dead rows that do not matter."""
BEHIND: Final = 2.0
"""How many times the dead rows at which a table is cleaned up."""
DEAD: Final = 0.5
IDS: Final = 0.5
_SQL: Final = TONGUES["postgresql"]


def storage(seen: Evidence[DatabaseTables]) -> Assessment:
    """How the tables of each database are kept."""
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        mine = [*_ids(one, seen.cite), *_bloated(one, seen.cite)]
        made += mine
        if not mine:
            claim = f"The tables of {foreign(one.database, 80)} are cleaned up as they should be {seen.cite}."
            cleared.append(Cleared("disk", claim))
    return Assessment(tuple(made), tuple(cleared))


def _ids(one: TableState, cite: str) -> Iterator[Finding]:
    if one.transaction_ids < IDS:
        return
    percent = f"{one.transaction_ids:.1%}".replace("%", " %")
    claim = (
        f"{foreign(one.database, 80)} has used {percent} of its transaction ids, and at the end refuses to "
        f"write; old transactions, prepared ones or slots may keep autovacuum from freezing rows {cite}."
    )
    look = _SQL.typed("SELECT datname, age(datfrozenxid) FROM pg_database ORDER BY 2 DESC")
    yield found(
        "table_bloat", one.database, claim, 0.55 + 0.4 * share_of(one.transaction_ids - IDS, 0.45), look
    )


def _bloated(one: TableState, cite: str) -> Iterator[Finding]:
    worst = sorted((table for table in one.tables if _is_bloated(table)), key=lambda table: -table.dead_rows)
    off = "" if one.autovacuum else ", with autovacuum off in the server"
    for table in worst[:3]:
        dead = table.dead_rows / max(1, table.rows + table.dead_rows)
        never = "it is never cleaned up by itself" if not table.vacuum_due else f"due at {table.vacuum_due}"
        last = (
            f"last cleaned {day_and_clock(table.vacuumed_at)}" if table.vacuumed_at else "never cleaned yet"
        )
        claim = (
            f"In {foreign(one.database, 80)}, {code(table.table)} ({size(table.size)}) holds {table.dead_rows} dead "
            f"rows beside {table.rows} live ones, {plain(round(100 * dead))} % ({never}, {last}){off} {cite}."
        )
        times = table.dead_rows / table.vacuum_due if table.vacuum_due else BEHIND
        strength = (
            0.4 + 0.2 * share_of(dead, 1) + 0.15 * share_of(times, 20) + 0.15 * share_of(table.size, 2**33)
        )
        yield found(
            "table_bloat", one.database, claim, strength, _look(), remedy=_vacuumed(table, one.database)
        )


def _is_bloated(table: TableUse) -> bool:
    if table.dead_rows < FEW:
        return False
    behind = table.vacuum_due > 0 and table.dead_rows >= BEHIND * table.vacuum_due
    return behind or table.dead_rows >= DEAD * (table.rows + table.dead_rows)


def _look() -> str:
    return _SQL.typed(
        "SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables ORDER BY n_dead_tup DESC"
    )


def _vacuumed(table: TableUse, database: str) -> Remedy:
    name = "".join(sign for sign in table.table if sign.isalnum() or sign in "._")
    return Remedy(
        f"Clean up {foreign(table.table, 60)} in {foreign(database, 60)}",
        _SQL.typed(f"VACUUM (ANALYZE) {name}"),
        "low",
        "It makes the space of dead rows usable again without locking the table against reads or writes, but reads "
        "all of it from disk; rows that an old transaction may still see stay. There is nothing to undo; it can be "
        "cancelled.",
    )
