"""Who keeps others waiting: the session at the head of each queue. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.sessions import ended, who
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, Speaks, found
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, share_of
from aurora_rt.investigation.builtin.wording import code, counted, duration, foreign, joined
from aurora_rt.toolsets.facts.databases import LockWait, LockWaits, Session

BRIEF: Final = 0.5
"""Seconds that anybody may wait."""
LONG: Final = 30.0
MANY: Final = 5


def locks(seen: Evidence[LockWaits], speaks: Speaks) -> Assessment:
    """A finding for each session that others wait for."""
    made: list[Finding] = []
    cleared = []
    for database in seen.facts.databases:
        waits = [one for one in seen.facts.waits if one.database == database and one.seconds >= BRIEF]
        made += [_finding(database, group, seen.cite, speaks) for group in _queues(waits).values()]
        if not waits:
            cleared.append(
                Cleared("latency", f"Nobody waits for a lock in {foreign(database, 80)} {seen.cite}.")
            )
    return Assessment(tuple(made), tuple(cleared))


def _queues(waits: list[LockWait]) -> Mapping[int, list[LockWait]]:
    """The waits by who is at the head of them; in a circle, whoever comes first."""
    behind = {one.blocked.pid: one.blocker.pid for one in reversed(waits)}
    groups: defaultdict[int, list[LockWait]] = defaultdict(list)
    for one in waits:
        head, passed = one.blocker.pid, {one.blocked.pid}
        while head in behind and head not in passed:
            passed.add(head)
            head = behind[head]
        groups[head].append(one)
    return groups


def _finding(database: str, group: list[LockWait], cite: str, speaks: Speaks) -> Finding:
    head = _head(group)
    waiting = {one.blocked.pid for one in group}
    longest = max(group, key=lambda one: one.seconds)
    tables = sorted({one.relation for one in group if one.relation})
    where = f" for {joined([code(one, 80) for one in tables[:3]])}" if tables else ""
    one_waits = len(waiting) == 1
    begin = (
        f"{counted(len(waiting), 'session')} in {foreign(database, 80)} {'waits' if one_waits else 'wait'} for a lock"
        f"{where}, the longest for {duration(longest.seconds)}: {code(longest.blocked.statement, 140)}."
    )
    tongue = TONGUES[speaks]
    # Who waits is cut off and comes again, so many who wait tell as much as one who waits for long.
    strength = 0.45 + 0.48 * max(share_of(longest.seconds, LONG), share_of(len(waiting), MANY))
    known = head.pid != 0
    return found(
        "lock_contention",
        database,
        f"{begin} {_blocked_by(head)} {cite}.",
        strength,
        tongue.typed(tongue.locks),
        remedy=ended(head, database, speaks) if known else None,
    )


def _head(group: list[LockWait]) -> Session:
    """Who is waited for and does not wait."""
    waiting = {one.blocked.pid for one in group}
    return next((one.blocker for one in group if one.blocker.pid not in waiting), group[0].blocker)


def _blocked_by(head: Session) -> str:
    if head.pid == 0:
        return "Who holds it cannot be seen: a prepared transaction, or something that this user may not see"
    lasting = ""
    if head.transaction_seconds is not None:
        lasting = f", in a transaction that is open for {duration(head.transaction_seconds)}"
    doing = "ran last" if head.state.startswith("idle") else "runs"
    said = f"; it {doing} {code(head.statement, 160)}" if head.statement else ""
    return f"They wait for {who(head)}, {foreign(head.state, 40)}{lasting}{said}"
