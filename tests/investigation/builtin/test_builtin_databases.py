"""Databases among the rest: what is grave leads, what is quiet stays out of the way, what cannot be seen is said."""

from typing import Any

import pytest
from builtin_worlds import BURNER, World, calm, case, processes, state

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.databases.caches import big_keys, buffers, caches
from aurora_rt.investigation.builtin.findings.databases.locks import locks
from aurora_rt.investigation.builtin.findings.databases.replication import replication
from aurora_rt.investigation.builtin.findings.databases.sessions import sessions
from aurora_rt.investigation.builtin.findings.databases.statements import statements
from aurora_rt.investigation.builtin.findings.databases.storage import storage
from aurora_rt.investigation.investigator import Case, Suggestion, Summary
from aurora_rt.toolsets.facts.databases import (
    BigKey,
    BigKeys,
    BufferPool,
    BufferPools,
    CacheState,
    CacheUse,
    DatabaseReplication,
    DatabaseSessions,
    DatabaseStatements,
    DatabaseTables,
    Holder,
    KeySample,
    LockWait,
    LockWaits,
    Replica,
    ReplicationState,
    Session,
    SessionState,
    Silent,
    Slot,
    StatementState,
    StatementUse,
    TableState,
    TableUse,
)

GIB = 2**30


def session(pid: int, **changes: Any) -> Session:
    usual: dict[str, Any] = {
        "user": "shop",
        "application": "checkout",
        "client": "10.0.0.7",
        "state": "active",
        "seconds": 0.1,
        "transaction_seconds": 0.1,
        "waits_for": "",
        "statement": "SELECT 1",
    }
    return Session(pid=pid, **usual | changes)


def connections(*sessions: Session, **changes: Any) -> DatabaseSessions:
    usual: dict[str, Any] = {
        "database": "orders",
        "engine": "PostgreSQL",
        "version": "16.3",
        "used": 12,
        "limit": 97,
        "rejected": None,
        "states": {"idle": 11},
        "holders": (Holder(user="shop", application="checkout", count=9),),
        "hidden": 0,
    }
    return DatabaseSessions(databases=(SessionState(sessions=sessions, **usual | changes),))


def waits(*pairs: tuple[int, int], seconds: float = 40.0) -> LockWaits:
    """(who waits, for whom)."""
    return LockWaits(
        databases=("orders",),
        waits=tuple(
            LockWait(
                database="orders",
                blocked=session(blocked),
                blocker=session(blocker, state="idle in transaction", transaction_seconds=90.0),
                seconds=seconds,
                relation="carts",
                mode="ShareLock",
            )
            for blocked, blocker in pairs
        ),
    )


def follows(**changes: Any) -> DatabaseReplication:
    return DatabaseReplication(
        databases=(ReplicationState(database="orders", **{"role": "primary"} | changes),)
    )


def follower(lag_seconds: float | None = None, lag_bytes: int | None = None) -> dict[str, Any]:
    return {"replicas": (Replica(name="r", state="streaming", lag_seconds=lag_seconds, lag_bytes=lag_bytes),)}


def database(**changes: Any) -> dict[str, Any]:
    """A PostgreSQL at ease, but for `changes`."""
    usual = {
        "activity": connections(),
        "locks": LockWaits(databases=("orders",), waits=()),
        "statements": DatabaseStatements(
            databases=(StatementState(database="orders", seconds=2, source="", statements=(), scans=()),)
        ),
        "tables": DatabaseTables(
            databases=(
                TableState(database="orders", size=GIB, transaction_ids=0.1, tables=(), autovacuum=True),
            )
        ),
        "replication": follows(),
    }
    return {f"postgresql.{name}": told for name, told in (usual | changes).items()}


def cache(**changes: Any) -> CacheUse:
    usual: dict[str, Any] = {
        "database": "cache",
        "engine": "Redis",
        "version": "7.2",
        "seconds": 1.0,
        "memory_used": GIB // 2,
        "memory_limit": GIB,
        "policy": "allkeys-lru",
        "fragmentation": 1.1,
        "evicted": 0,
        "evicted_total": 10_000_000,
        "hits": 10,
        "misses": 1,
        "hit_ratio": 0.9,
        "commands_rate": 10.0,
        "refused_writes": 0,
        "clients": 10,
        "clients_limit": 100,
        "blocked_clients": 0,
        "rejected": 0,
        "rejected_total": 5,
        "answer_seconds": 0.001,
        "role": "primary",
        "link_up": True,
        "behind_seconds": None,
        "replicas": 0,
        "loading": False,
        "save_failed": "",
        "keys": 1000,
    }
    return CacheUse(**usual | changes)


async def told(incident: Case, tools: dict[str, Any]) -> tuple[Summary, list[Suggestion]]:
    steps = [step async for step in BuiltinInvestigator().investigate(incident, World(tools))]
    assert isinstance(steps[-1], Summary)
    return steps[-1], [step for step in steps if isinstance(step, Suggestion)]


async def test_a_quiet_database_is_cleared_beside_the_process_that_burns() -> None:
    burning = calm(processes=processes(BURNER), state=state(cpu_percent=31.0, load=(1.4, 0.9, 0.5)))
    summary, _ = await told(case("HighCpuUsage"), burning | database())
    assert [one.node for one in summary.causes] == ["process 4242 (python3)"]


async def test_odd_but_usual_things_of_a_database_do_not_outrank_a_process_that_burns() -> None:
    odd = database(
        activity=connections(
            session(7, state="idle in transaction", seconds=400.0),
            session(8, statement="VACUUM carts", seconds=900.0),
            used=70,
        ),
        locks=waits((1, 2), seconds=0.7),
    )
    burning = calm(processes=processes(BURNER), state=state(cpu_percent=31.0, load=(1.4, 0.9, 0.5)))
    summary, _ = await told(case("HighCpuUsage"), burning | odd)
    assert summary.causes[0].node == "process 4242 (python3)"


@pytest.mark.parametrize("alert", ["HighErrorRate", "HighLatency", "CheckoutDown", "Something"])
async def test_a_database_that_is_away_leads_whoever_suffers(alert: str) -> None:
    silent = Silent(
        database="orders",
        cause="unreachable",
        reason="The PostgreSQL orders at db:5432 cannot be reached: [7].",
    )
    away = DatabaseSessions(databases=(), silent=(silent,))
    world = World(calm() | database(activity=away))
    steps = [step async for step in BuiltinInvestigator().investigate(case(alert, service="checkout"), world)]
    assert isinstance(steps[-1], Summary)
    assert (steps[-1].causes[0].node, steps[-1].causes[0].kind) == ("orders", "dependency_down")
    assert [tool for tool, _ in world.calls if tool.startswith("postgresql")] == ["postgresql.activity"]


async def test_what_has_been_so_for_days_does_not_outrank_what_is_felt_now() -> None:
    slot = Slot(name="old", active=False, retained=80 * GIB)
    world = calm() | database(locks=waits((1, 9), (2, 9), (3, 1)), replication=follows(slots=(slot,)))
    summary, _ = await told(case("HighLatency", service="checkout"), world)
    assert (summary.causes[0].node, summary.causes[0].kind) == ("orders", "lock_contention")
    summary, _ = await told(case("DiskSpaceLow"), world)
    assert (summary.causes[0].node, summary.causes[0].kind) == ("orders", "disk_filling")


async def test_one_database_away_does_not_hide_what_another_suffers_from() -> None:
    silent = Silent(
        database="stock", cause="login", reason="The PostgreSQL stock at db:5432 does not let us in: no."
    )
    activity = DatabaseSessions(databases=connections().databases, silent=(silent,))
    summary, suggestions = await told(
        case("HighLatency", service="checkout"),
        calm() | database(activity=activity, locks=waits((1, 9), (2, 9), (3, 1))),
    )
    assert (summary.causes[0].node, summary.causes[0].kind) == ("orders", "lock_contention")
    assert "3 sessions in orders wait" in summary.text
    assert "stock at db:5432 does not let us in" in summary.text
    assert any("pg_terminate_backend(9)" in one.command for one in suggestions)


def test_a_circle_of_waits_and_a_holder_that_cannot_be_seen_are_told() -> None:
    circle = locks(Evidence(waits((1, 2), (2, 1)), "[1]"), "postgresql").findings
    assert circle
    (unseen,) = locks(Evidence(waits((1, 0)), "[1]"), "postgresql").findings
    assert "Who holds it cannot be seen" in unseen.claim
    assert unseen.subject.remedy is None


def test_statements_that_pile_up_count_more_than_one() -> None:
    def of(*some: Session) -> Any:
        return sessions(Evidence(connections(*some), "[1]"), "postgresql").findings

    one = of(session(1, seconds=20, statement="SELECT * FROM carts WHERE id = 1"))
    many = of(*(session(n, seconds=20, statement=f"SELECT * FROM carts WHERE id = {n}") for n in range(4)))
    assert len(one) == len(many) == 1
    assert many[0].strength > one[0].strength
    assert "4 alike at once" in many[0].claim
    waiting = session(1, seconds=20, waits_for="Lock: transactionid")
    assert of(waiting) == ()


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        (follower(lag_seconds=45), "replication_lag", "45 s"),
        (follower(lag_bytes=5 * GIB), "replication_lag", "5.0 GiB"),
        ({"role": "replica", "behind_seconds": 3600.0}, "replication_lag", "60 min behind"),
        ({"role": "replica", "broken": "replaying is paused"}, "replication_lag", "does not follow"),
        ({"slots": (Slot(name="old", active=False, retained=80 * GIB),)}, "disk_filling", "keeps 80.0 GiB"),
        ({"slots": (Slot(name="old", active=False, retained=0, lost=True),)}, "replication_lag", "is lost"),
        ({"archiving_fails": "0001"}, "disk_filling", "cannot archive"),
    ],
)
def test_replication_that_is_behind_or_keeps_too_much_is_told(changes: Any, kind: str, words: str) -> None:
    (finding,) = replication(Evidence(follows(**changes), "[1]"), "postgresql").findings
    assert (finding.kind, words in finding.claim) == (kind, True)


def test_replication_within_bounds_is_cleared() -> None:
    usual = follows(
        replicas=(Replica(name="r", state="streaming", lag_seconds=0.2, lag_bytes=4096),),
        slots=(Slot(name="r", active=True, retained=10_000),),
    )
    assessment = replication(Evidence(usual, "[1]"), "postgresql")
    assert (assessment.findings, len(assessment.cleared)) == ((), 1)


def test_transaction_ids_that_run_out_and_tables_that_are_never_cleaned_are_told() -> None:
    table = TableUse(
        table="jobs", size=4 * GIB, rows=1_000_000, dead_rows=3_000_000, vacuum_due=200_050, vacuumed_at=None
    )
    kept = TableState(database="orders", size=5 * GIB, transaction_ids=0.8, tables=(table,), autovacuum=False)
    ids, bloat = storage(Evidence(DatabaseTables(databases=(kept,)), "[1]")).findings
    assert "80.0 % of its transaction ids" in ids.claim
    assert "75 %" in bloat.claim
    assert "with autovacuum off" in bloat.claim
    calm_one = table.model_copy(update={"dead_rows": 150_000})
    usual = kept.model_copy(update={"tables": (calm_one,), "transaction_ids": 0.2, "autovacuum": True})
    assert storage(Evidence(DatabaseTables(databases=(usual,)), "[1]")).findings == ()


def test_a_cheap_statement_that_is_asked_without_end_is_told() -> None:
    def of(calls: int, mean: float) -> Any:
        use = StatementUse(statement="SELECT * FROM carts", calls=calls, mean_seconds=mean, share=0.9)
        one = StatementState(database="orders", seconds=2, source="", statements=(use,), scans=())
        return statements(Evidence(DatabaseStatements(databases=(one,)), "[1]"), "postgresql").findings

    assert [one.kind for one in of(40, 0.08)] == ["slow_query"]
    assert of(1, 0.08) == of(1000, 0.0001) == ()


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"memory_used": GIB}, []),
        ({"evicted": 500}, ["cache_eviction"]),
        ({"memory_used": GIB, "policy": "noeviction"}, ["memory_pressure"]),
        ({"refused_writes": 3, "policy": "volatile-lru"}, ["memory_pressure"]),
        ({"clients": 95}, ["pool_exhausted"]),
        ({"rejected": 2}, ["pool_exhausted"]),
        ({"blocked_clients": 10}, ["latency"]),
        ({"behind_seconds": 60.0}, ["replication_lag"]),
        ({"loading": True}, ["dependency_down"]),
        ({"answer_seconds": 0.3}, ["latency"]),
        ({"memory_limit": 0, "clients_limit": 0}, []),
    ],
)
def test_a_cache_is_judged_by_what_happens_now(changes: Any, kinds: list[str]) -> None:
    found = caches(Evidence(CacheState(databases=(cache(**changes),)), "[1]"))
    assert [one.kind for one in found.findings] == kinds
    assert bool(found.cleared) == (not kinds)


def test_only_a_key_that_holds_much_is_big() -> None:
    def of(size: int, used: int) -> Any:
        key = BigKey(key="feed [3]", type="list", size=size, length=7)
        one = KeySample(database="cache", sampled=10, total=10, memory_used=used, keys=(key,))
        return big_keys(Evidence(BigKeys(databases=(one,)), "[1]")).findings

    assert [one.kind for one in of(300 * 2**20, GIB)] == ["memory_pressure"]
    assert "[3]" not in of(300 * 2**20, GIB)[0].claim  # it must not look like a citation
    assert of(2**19, 2**20) == of(2**20, GIB) == ()


def test_a_buffer_pool_that_is_too_small_is_told() -> None:
    usual: dict[str, Any] = {
        "database": "billing",
        "seconds": 1.0,
        "size": GIB,
        "dirty_share": 0.1,
        "read_requests": 10_000,
        "disk_reads": 10,
        "waits_free": 0,
        "full_scans": 3,
        "disk_tables": 0,
    }

    def of(**changes: Any) -> list[str]:
        pools = BufferPools(databases=(BufferPool(**usual | changes),))
        return [one.kind for one in buffers(Evidence(pools, "[1]")).findings]

    assert of() == []
    assert of(disk_reads=2000) == ["io_saturation"]
    assert of(waits_free=2, disk_tables=50) == ["memory_pressure", "slow_query"]
