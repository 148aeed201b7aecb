"""Connections that run out, statements that run long, transactions that stay open. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, Speaks, found
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Remedy, share_of
from aurora_rt.investigation.builtin.wording import code, counted, duration, foreign
from aurora_rt.toolsets.facts.databases import DatabaseSessions, Session, SessionState

NEARLY: Final = 0.9
"""Share of the connections from which on there are too few left."""
LONG: Final = 5.0
"""Seconds from which on a statement is long."""
VERY_LONG: Final = 300.0
HELD: Final = 60.0
"""Seconds from which on an idle transaction is in the way of others."""
ALIKE: Final = 3
"""So many statements alike that run long at once are no coincidence."""
_UPKEEP: Final = re.compile(
    r"\s*(?:COPY|VACUUM|ANALYZE|autovacuum|BASE_BACKUP|START_REPLICATION|REINDEX|CREATE\s+(?:UNIQUE\s+)?INDEX|LISTEN)\b",
    re.IGNORECASE,
)
_DUMPS: Final = ("pg_dump", "pg_basebackup", "mysqldump", "mariadb-dump")
_LITERAL: Final = re.compile(r"'[^']*'|\b\d+(?:\.\d+)?\b")


def sessions(seen: Evidence[DatabaseSessions], speaks: Speaks) -> Assessment:
    """What connections tell of each database."""
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        mine = [*_exhausted(one, seen.cite, speaks)]
        if speaks != "redis":
            mine += [*_long(one, seen.cite, speaks), *_open(one, seen.cite, speaks)]
        made += mine
        if not mine:
            claim = (
                f"{foreign(one.database, 80)} has {one.used} of {one.limit} connections in use, and nothing runs or "
                f"holds a transaction for long {seen.cite}."
            )
            cleared.append(Cleared("latency", claim))
    return Assessment(tuple(made), tuple(cleared))


def who(session: Session) -> str:
    """A session in words: `pid 7, user shop of checkout at 10.0.0.7`."""
    parts = [f"pid {session.pid}", f"user {code(session.user, 60)}" if session.user else ""]
    text = ", ".join(part for part in parts if part)
    text += f" of {code(session.application, 60)}" if session.application else ""
    return text + (f" at {foreign(session.client, 60)}" if session.client else "")


def _exhausted(one: SessionState, cite: str, speaks: Speaks) -> Iterator[Finding]:
    share = one.used / one.limit if one.limit else 0.0
    if share < NEARLY and not one.rejected:
        return
    most = one.holders[0] if one.holders else None
    by = ""
    if most:
        by = f"; {most.count} of them belong to {code(most.user)} ({code(most.application or '-')})"
    idle = one.states.get("idle in transaction", 0)
    idling = f", and {counted(idle, 'connection')} idle within a transaction" if idle else ""
    refused = (
        f", and {counted(one.rejected, 'connection')} were refused while it was watched"
        if one.rejected
        else ""
    )
    tongue = TONGUES[speaks]
    yield found(
        "pool_exhausted",
        one.database,
        f"{foreign(one.database, 80)} has {one.used} of its {one.limit} connections in use{refused}"
        f"{by}{idling} {cite}.",
        0.96 if one.rejected else 0.7 + 0.25 * share_of(share - NEARLY, 1 - NEARLY),
        tongue.typed(tongue.sessions),
    )


def _long(one: SessionState, cite: str, speaks: Speaks) -> Iterator[Finding]:
    running: defaultdict[str, list[Session]] = defaultdict(list)
    for session in one.sessions:
        if _runs_long(session):
            running[_LITERAL.sub("?", session.statement)].append(session)
    tongue = TONGUES[speaks]
    for alike in sorted(running.values(), key=lambda group: -len(group) * group[0].seconds)[:3]:
        first = max(alike, key=lambda session: session.seconds)
        times = f", {len(alike)} alike at once" if len(alike) > 1 else ""
        strength = 0.4 + 0.45 * share_of(first.seconds, VERY_LONG) + (0.2 if len(alike) >= ALIKE else 0.0)
        claim = (
            f"A statement in {foreign(one.database, 80)} has been running for {duration(first.seconds)}{times} "
            f"({who(first)}): {code(first.statement, 200)} {cite}."
        )
        remedy = Remedy(
            f"Cancel the statement that has run for {duration(first.seconds)} in {foreign(one.database, 60)}",
            tongue.typed(tongue.cancel.format(first.pid)),
            "medium",
            "Its transaction is rolled back and its caller gets an error; the connection stays. Look first whether it "
            "is still the same statement. To undo, run the statement again.",
        )
        upkeep = _UPKEEP.match(first.statement) is not None or first.application.startswith(_DUMPS)
        yield found(
            "slow_query",
            one.database,
            claim,
            0.3 if upkeep else min(strength, 0.9),
            tongue.typed(tongue.sessions),
            "clue" if upkeep else "culprit",
            remedy,
        )


def _runs_long(session: Session) -> bool:
    if session.state not in ("active", "Query", "Execute") or session.seconds < LONG:
        return False
    return "lock" not in session.waits_for.lower()


def _open(one: SessionState, cite: str, speaks: Speaks) -> Iterator[Finding]:
    held = [
        session
        for session in one.sessions
        if session.state.startswith("idle in transaction") and session.seconds >= HELD
    ]
    if not held:
        return
    first = max(held, key=lambda session: session.seconds)
    tongue = TONGUES[speaks]
    more = f", and {len(held) - 1} more" if len(held) > 1 else ""
    claim = (
        f"A transaction in {foreign(one.database, 80)} has been idle for {duration(first.seconds)}{more} "
        f"({who(first)}), after {code(first.statement, 160)}, and keeps its locks "
        f"and its snapshot {cite}."
    )
    strength = 0.35 + 0.25 * share_of(first.seconds, 3600)
    look, remedy = tongue.typed(tongue.sessions), ended(first, one.database, speaks)
    yield found("lock_contention", one.database, claim, strength, look, "clue", remedy)


def ended(session: Session, database: str, speaks: Speaks) -> Remedy:
    """Ending a session that is in the way."""
    tongue = TONGUES[speaks]
    return Remedy(
        f"End session {session.pid} in {foreign(database, 60)}, which keeps others waiting",
        tongue.typed(tongue.end.format(session.pid)),
        "medium",
        f"This closes the connection of {who(session)}; what its transaction has not committed is rolled back and its "
        "program gets an error. Ask its owner first. It cannot be undone; the program connects and does it again.",
    )
