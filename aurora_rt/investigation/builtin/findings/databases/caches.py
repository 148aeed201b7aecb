"""What caches suffer from: memory, evictions, clients, saving, big keys; and how well tables fit in memory. Pure."""

from collections.abc import Iterator
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.tongue import TONGUES, found
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, share_of
from aurora_rt.investigation.builtin.wording import code, counted, duration, foreign, plain, size
from aurora_rt.toolsets.facts.databases import (
    BigKeys,
    BufferPool,
    BufferPools,
    CacheState,
    CacheUse,
    KeySample,
)

FULL: Final = 0.95
"""Share of the memory limit."""
NEARLY: Final = 0.9
"""Share of the clients."""
LAG: Final = 30.0
SLOW_ANSWER: Final = 0.1
"""Seconds for a ping; a healthy cache answers within a few milliseconds, but our own machine may be busy."""
BIG: Final = 10 * 2**20
BIG_SHARE: Final = 0.1
FROM_DISK: Final = 500.0
"""Pages a second."""
_CLI: Final = TONGUES["redis"]
_INFO: Final = _CLI.typed("INFO memory")


def caches(seen: Evidence[CacheState]) -> Assessment:
    """How each cache is."""
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        mine = [
            *_evictions(one, seen.cite),
            *_memory(one, seen.cite),
            *_clients(one, seen.cite),
            *_copies(one, seen.cite),
            *_answers(one, seen.cite),
        ]
        made += mine
        if not mine:
            limit = size(one.memory_limit) if one.memory_limit else "no limit"
            claim = (
                f"{foreign(one.database, 80)} uses {size(one.memory_used)} of {limit}, drops no key and refuses nobody "
                f"{seen.cite}."
            )
            cleared.append(Cleared("memory", claim))
    return Assessment(tuple(made), tuple(cleared))


def _evictions(one: CacheUse, cite: str) -> Iterator[Finding]:
    if not one.evicted:
        return
    a_second = one.evicted / max(one.seconds, 0.1)
    asked = one.hits + one.misses
    missing = f"; of {asked} reads meanwhile {one.misses} found nothing" if asked else ""
    claim = (
        f"{foreign(one.database, 80)} drops keys to make room: {counted(one.evicted, 'key')} in "
        f"{plain(round(one.seconds, 1))} s, with {size(one.memory_used)} used of {size(one.memory_limit)} "
        f"({code(one.policy, 40)}){missing} {cite}."
    )
    yield found("cache_eviction", one.database, claim, 0.5 + 0.4 * share_of(a_second, 500), _INFO)


def _memory(one: CacheUse, cite: str) -> Iterator[Finding]:
    share = one.memory_used / one.memory_limit if one.memory_limit else 0.0
    keeps = one.policy == "noeviction"
    if not one.refused_writes and not (keeps and share >= FULL):
        return
    refused = (
        f" and refused {counted(one.refused_writes, 'command')} in {plain(round(one.seconds, 1))} s"
        if one.refused_writes
        else ""
    )
    claim = (
        f"{foreign(one.database, 80)} uses {size(one.memory_used)} of {size(one.memory_limit)} with policy "
        f"{code(one.policy, 40)}{refused}: when memory is full it refuses to write {cite}."
    )
    yield found("memory_pressure", one.database, claim, 0.95 if one.refused_writes else 0.7, _INFO)


def _clients(one: CacheUse, cite: str) -> Iterator[Finding]:
    share = one.clients / one.clients_limit if one.clients_limit else 0.0
    name = foreign(one.database, 80)
    if one.rejected or share >= NEARLY:
        refused = f" and refused {one.rejected} more while it was watched" if one.rejected else ""
        claim = f"{name} has {one.clients} of {one.clients_limit} clients{refused} {cite}."
        strength = 0.96 if one.rejected else 0.7 + 0.2 * share_of(share - NEARLY, 1 - NEARLY)
        yield found("pool_exhausted", one.database, claim, strength, _CLI.typed("CLIENT LIST"))
    if one.blocked_clients >= 10 and one.blocked_clients >= 0.5 * one.clients:
        claim = (
            f"{one.blocked_clients} of the {one.clients} clients of {name} wait for something to come; that may be "
            f"how they take work {cite}."
        )
        yield found("latency", one.database, claim, 0.25, _CLI.typed("CLIENT LIST"), "clue")


def _copies(one: CacheUse, cite: str) -> Iterator[Finding]:
    """Replication and saving."""
    name, look = foreign(one.database, 80), _CLI.typed("INFO replication")
    behind = one.behind_seconds or 0.0
    if not one.link_up:
        since = f", for {duration(behind)}" if behind else ""
        claim = (
            f"The replica {name} has lost its link to its primary{since}, and answers with old data {cite}."
        )
        yield found("replication_lag", one.database, claim, 0.8, look)
    elif behind >= LAG:
        whom = "its primary" if one.role == "replica" else "its slowest replica"
        claim = f"{name} last heard from {whom} {duration(behind)} ago {cite}."
        yield found("replication_lag", one.database, claim, 0.5 + 0.3 * share_of(behind, 600), look)
    if one.save_failed:
        claim = (
            f"{name} could not save: {foreign(one.save_failed, 160)}; it may refuse to write, and mostly a disk "
            f"is full {cite}."
        )
        yield found("disk_filling", one.database, claim, 0.6, _CLI.typed("INFO persistence"))


def _answers(one: CacheUse, cite: str) -> Iterator[Finding]:
    name = foreign(one.database, 80)
    if one.loading:
        claim = f"{name} is loading its data and does not answer yet {cite}."
        yield found("dependency_down", one.database, claim, 0.85, _CLI.typed("INFO persistence"))
    if one.answer_seconds >= SLOW_ANSWER:
        claim = f"{name} takes {plain(round(one.answer_seconds * 1000))} ms to answer a ping {cite}."
        strength = 0.4 + 0.3 * share_of(one.answer_seconds, 1.0)
        yield found("latency", one.database, claim, strength, _CLI.typed("--latency"), "symptom")


def big_keys(seen: Evidence[BigKeys]) -> Assessment:
    """Keys that hold much of a cache's memory."""
    found_ones = [finding for one in seen.facts.databases for finding in _big(one, seen.cite)]
    names = {finding.node for finding in found_ones}
    cleared = tuple(
        Cleared("memory", f"No sampled key of {foreign(one.database, 80)} is large {seen.cite}.")
        for one in seen.facts.databases
        if one.database not in names
    )
    return Assessment(tuple(found_ones), cleared)


def _big(one: KeySample, cite: str) -> Iterator[Finding]:
    for key in one.keys[:3]:
        share = key.size / one.memory_used if one.memory_used else 0.0
        if key.size < BIG and not (share >= BIG_SHARE and key.size >= BIG / 10):
            continue
        members = f" of {key.length} members" if key.length is not None else ""
        claim = (
            f"In {foreign(one.database, 80)}, the {foreign(key.type, 20)} {code(key.key, 100)}{members} takes "
            f"{size(key.size)}, {share:.0%} of what is used {cite}."
        )
        look = _CLI.typed(f"MEMORY USAGE {''.join(s for s in key.key if s.isalnum() or s in ':._-')}")
        strength = 0.3 + 0.35 * share_of(share, 0.5) + 0.1 * share_of(key.size, 100 * BIG)
        yield found("memory_pressure", one.database, claim, strength, look)


def buffers(seen: Evidence[BufferPools]) -> Assessment:
    """Whether the tables in use fit into memory."""
    made: list[Finding] = []
    cleared = []
    for one in seen.facts.databases:
        mine = list(_pool(one, seen.cite))
        made += mine
        if not mine:
            claim = f"The buffer pool of {foreign(one.database, 80)} holds what is read {seen.cite}."
            cleared.append(Cleared("io", claim))
    return Assessment(tuple(made), tuple(cleared))


def _pool(one: BufferPool, cite: str) -> Iterator[Finding]:
    lasted = max(one.seconds, 0.1)
    name, look = foreign(one.database, 80), TONGUES["mysql"].typed("SHOW ENGINE INNODB STATUS\\G")
    if one.disk_reads / lasted >= FROM_DISK and one.disk_reads >= 0.05 * one.read_requests:
        claim = (
            f"{name} reads {one.disk_reads / lasted:.0f} pages a second from disk, {one.disk_reads} of "
            f"{one.read_requests} reads: its buffer pool of {size(one.size)} does not hold what is asked for {cite}."
        )
        yield found("io_saturation", one.database, claim, 0.55, look)
    if one.waits_free:
        claim = f"In {name}, {counted(one.waits_free, 'read')} had to wait for a free page of the buffer pool {cite}."
        yield found("memory_pressure", one.database, claim, 0.5, look)
    if one.disk_tables / lasted >= 20:
        claim = f"{name} writes {one.disk_tables / lasted:.0f} temporary tables a second to disk {cite}."
        yield found("slow_query", one.database, claim, 0.4, look, "clue")
