"""What databases told, as tables for people."""

from aurora_rt.toolsets.facts.databases import (
    LockWait,
    ReplicationState,
    Session,
    SessionState,
    StatementState,
    TableState,
)
from aurora_rt.toolsets.tables import size, table


def seconds(value: float | None) -> str:
    """`12.3 s`; `-` for what is not known."""
    return "-" if value is None else f"{value:.1f} s"


def who(session: Session) -> str:
    """A session's user and application."""
    return f"{session.user or '?'} ({session.application or '-'})"


def sessions(seen: SessionState) -> str:
    """The connections of one database."""
    refused = f", {seen.rejected} refused while sampled" if seen.rejected else ""
    states = ", ".join(f"{name}: {count}" for name, count in sorted(seen.states.items()))
    holders = ", ".join(f"{one.user} ({one.application or '-'}): {one.count}" for one in seen.holders)
    lines = [
        f"{seen.database} ({seen.engine} {seen.version}): {seen.used} of {seen.limit} connections{refused}",
        f"states: {states or '-'}",
        f"held by: {holders or '-'}",
    ]
    if seen.hidden:
        lines.append(f"The statements of {seen.hidden} sessions cannot be seen with this user's rights.")
    if seen.sessions:
        rows = [
            (one.pid, who(one), one.client or "-", one.state, seconds(one.seconds),
             seconds(one.transaction_seconds), one.waits_for or "-", one.statement)
            for one in seen.sessions
        ]  # fmt: skip
        header = ("PID", "USER", "CLIENT", "STATE", "FOR", "TRANSACTION", "WAITS FOR", "STATEMENT")
        lines.append(table(header, rows))
    return "\n".join(lines)


def locks(database: str, waits: tuple[LockWait, ...]) -> str:
    """Who waits for whom in one database."""
    if not waits:
        return f"{database}: nobody waits for a lock."
    rows = [
        (one.blocked.pid, who(one.blocked), seconds(one.seconds), one.relation or "-", one.blocker.pid,
         who(one.blocker), one.blocker.state, seconds(one.blocker.transaction_seconds),
         f"{one.blocked.statement}  BLOCKED BY  {one.blocker.statement}")
        for one in waits
    ]  # fmt: skip
    header = ("WAITS", "USER", "FOR", "RELATION", "BLOCKER", "USER", "STATE", "TRANSACTION", "STATEMENTS")
    return f"{database}:\n{table(header, rows)}"


def statements(seen: StatementState) -> str:
    """What one database works on."""
    lines = [f"{seen.database}, over {seen.seconds:.1f} s. {seen.source}"]
    if seen.statements:
        rows = [
            (one.calls, seconds(one.mean_seconds), f"{one.share:.0%}", one.statement)
            for one in seen.statements
        ]
        lines.append(table(("CALLS", "MEAN", "SHARE", "STATEMENT"), rows))
    if seen.scans:
        read = [
            (one.table, size(one.size), one.rows, one.scans, one.rows_read, one.index_scans,
             "; ".join(one.indexes) or "none")
            for one in seen.scans
        ]  # fmt: skip
        header = ("TABLE", "SIZE", "ROWS", "FULL SCANS", "ROWS READ", "INDEX SCANS", "INDEXES")
        lines.append(table(header, read))
    if seen.invalid_indexes:
        lines.append(f"Invalid indexes: {', '.join(seen.invalid_indexes)}")
    return "\n".join(lines)


def tables(seen: TableState) -> str:
    """The tables of one database."""
    rows = [
        (one.table, size(one.size), one.rows, one.dead_rows, one.vacuum_due or "never",
         f"{one.vacuumed_at:%Y-%m-%d %H:%M:%S}Z" if one.vacuumed_at else "-")
        for one in seen.tables
    ]  # fmt: skip
    header = ("TABLE", "SIZE", "ROWS", "DEAD ROWS", "VACUUM DUE AT", "VACUUMED AT")
    off = "" if seen.autovacuum else " Autovacuum is off."
    ids = f"{seen.transaction_ids:.1%} of the transaction ids in use."
    return f"{seen.database}: {size(seen.size)}, {ids}{off}\n{table(header, rows)}"


def replication(seen: ReplicationState) -> str:
    """Who follows one database, or whom it follows."""
    lines = [f"{seen.database}: {seen.role}"]
    if seen.role == "replica":
        lines.append(f"follows {seen.source or '?'}, behind by {seconds(seen.behind_seconds)}")
    if seen.broken:
        lines.append(f"does not follow: {seen.broken}")
    lines += [
        f"replica {one.name}: {one.state}, behind by {seconds(one.lag_seconds)}"
        + (f", {size(one.lag_bytes)}" if one.lag_bytes is not None else "")
        for one in seen.replicas
    ]
    lines += [
        f"slot {one.name}: {'active' if one.active else 'not in use'}, keeps {size(one.retained)}"
        + (", lost" if one.lost else "")
        for one in seen.slots
    ]
    if seen.archiving_fails:
        lines.append(f"archiving fails: {seen.archiving_fails}")
    return "\n".join(lines)


def slow_commands(seen: StatementState) -> str:
    """The slow commands of one cache."""
    if not seen.statements:
        return f"{seen.database}: no slow command in the incident's window."
    rows = [
        (
            f"{one.at:%Y-%m-%d %H:%M:%S}Z" if one.at else "-",
            f"{one.mean_seconds * 1000:.1f} ms",
            one.statement,
        )
        for one in seen.statements
    ]
    return f"{seen.database}:\n{table(('AT', 'TOOK', 'COMMAND'), rows)}"
