"""Replicas that are behind or do not follow, and what is kept for them. Pure."""

from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, Speaks, found
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, share_of
from aurora_rt.investigation.builtin.wording import code, duration, foreign, size
from aurora_rt.toolsets.facts.databases import DatabaseReplication, ReplicationState, Slot

LAG: Final = 30.0
"""Seconds from which on a replica is behind."""
LAG_BYTES: Final = 2**30
KEPT: Final = 2**30
"""Bytes kept for a slot from which on it is worth telling."""
_LOOKS: Final[dict[Speaks, str]] = {
    "postgresql": "SELECT * FROM pg_stat_replication",
    "mysql": r"SHOW REPLICA STATUS\G",
    "redis": "INFO replication",
}


def replication(seen: Evidence[DatabaseReplication], speaks: Speaks) -> Assessment:
    """Who follows each database, and whom it follows."""
    look = TONGUES[speaks].typed(_LOOKS[speaks])
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        mine = [*_own(one, seen.cite, look), *_followers(one, seen.cite, look), *_kept(one, seen.cite)]
        made += mine
        if not mine:
            cleared.append(Cleared("latency", _as_usual(one, seen.cite)))
    return Assessment(tuple(made), tuple(cleared))


def _as_usual(one: ReplicationState, cite: str) -> str:
    name = foreign(one.database, 80)
    if one.role == "replica":
        return f"{name} follows its source without delay {cite}."
    return (
        f"Replication from {name} is not behind {cite}." if one.replicas else f"{name} has no replica {cite}."
    )


def _own(one: ReplicationState, cite: str, look: str) -> Iterator[Finding]:
    name, source = foreign(one.database, 80), code(one.source or "its source", 80)
    if one.broken:
        claim = f"The replica {name} does not follow {source}: {foreign(one.broken, 300)} {cite}."
        yield found("replication_lag", one.database, claim, 0.85, look)
    elif one.behind_seconds is not None and one.behind_seconds >= LAG:
        claim = f"The replica {name} is {duration(one.behind_seconds)} behind {source} {cite}."
        yield found("replication_lag", one.database, claim, _strength(one.behind_seconds), look)


def _followers(one: ReplicationState, cite: str, look: str) -> Iterator[Finding]:
    for replica in one.replicas:
        late = replica.lag_seconds or 0.0
        bytes_late = replica.lag_bytes or 0
        if late < LAG and bytes_late < LAG_BYTES:
            continue
        behind = " and ".join(
            [*([duration(late)] if late >= 1 else []), *([size(bytes_late)] if bytes_late else [])]
        )
        claim = (
            f"The replica {code(replica.name, 80)} of {foreign(one.database, 80)} is {behind} behind "
            f"({foreign(replica.state, 40)}) {cite}."
        )
        strength = max(_strength(late), 0.5 + 0.3 * share_of(bytes_late, 20 * LAG_BYTES))
        yield found("replication_lag", one.database, claim, strength, look)


def _strength(seconds: float) -> float:
    return 0.5 + 0.4 * share_of(seconds, 600)


def _kept(one: ReplicationState, cite: str) -> Iterator[Finding]:
    look = TONGUES["postgresql"].typed("SELECT * FROM pg_replication_slots")
    for slot in one.slots:
        if slot.lost or slot.retained >= KEPT:
            yield _slot(one.database, slot, cite, look)
    if one.archiving_fails:
        claim = (
            f"{foreign(one.database, 80)} cannot archive {code(one.archiving_fails, 60)} and keeps all that is written "
            f"since {cite}."
        )
        look = TONGUES["postgresql"].typed("SELECT * FROM pg_stat_archiver")
        yield found("disk_filling", one.database, claim, 0.6, look)


def _slot(database: str, slot: Slot, cite: str, look: str) -> Finding:
    name = f"The replication slot {code(slot.name, 80)} of {foreign(database, 80)}"
    if slot.lost:
        claim = f"{name} is lost: what its replica still needs is gone {cite}."
        return found("replication_lag", database, claim, 0.7, look)
    used = "in use" if slot.active else "not in use"
    claim = f"{name} is {used} and keeps {size(slot.retained)} of written changes on the disk {cite}."
    strength = (0.35 if slot.active else 0.5) + 0.4 * share_of(slot.retained, 50 * KEPT)
    return found("disk_filling", database, claim, strength, look)
