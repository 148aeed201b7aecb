"""From facts to findings, and from findings to causes."""

from datetime import timedelta

import pytest
from builtin_worlds import (
    ANCHOR,
    FILLED,
    GIB,
    IDLE,
    MIB,
    filesystem,
    large_files,
    log_line,
    process,
    processes,
    series_set,
    state,
    stepped,
)
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Finding
from aurora_rt.investigation.builtin.findings.journal import journal
from aurora_rt.investigation.builtin.findings.machine import machine
from aurora_rt.investigation.builtin.findings.measure import measure
from aurora_rt.investigation.builtin.findings.network import network
from aurora_rt.investigation.builtin.findings.processes import processes as assess
from aurora_rt.investigation.builtin.findings.series import moved, related
from aurora_rt.investigation.builtin.findings.starts import recent_starts
from aurora_rt.investigation.builtin.findings.storage import file_systems, files, holding
from aurora_rt.investigation.builtin.promql import conditions
from aurora_rt.investigation.builtin.ranking import weigh
from aurora_rt.toolsets.facts.fact import (
    Fact,
)
from aurora_rt.toolsets.facts.host import (
    Filesystems,
    Network,
    Processes,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.facts.metrics import (
    Series,
)

AT = ANCHOR.timestamp()


def seen(facts: Fact, number: int = 1) -> Evidence:
    return Evidence(facts, f"[{number}]", facts.model_dump_json())


def kinds(assessment: Assessment) -> set[str]:
    return {one.kind for one in assessment.findings}


def test_idle_processes_are_cleared_with_a_citation() -> None:
    found = assess([seen(processes(), 4)], ANCHOR, 8 * GIB)
    assert found.findings == ()
    assert all("[4]" in one.claim for one in found.cleared)


@given(st.floats(25, 800), st.floats(25, 800))
def test_who_burns_more_is_never_weaker(one: float, other: float) -> None:
    first, second = process(8, "a", cpu_percent=one), process(9, "b", cpu_percent=other)
    strengths = {f.node: f.strength for f in assess([seen(processes(first, second))], ANCHOR).findings}
    assert (strengths["process 8 (a)"] >= strengths["process 9 (b)"]) or one < other


def test_a_name_or_a_priority_changes_nothing() -> None:
    told = [
        assess([seen(processes(process(8, name, cpu_percent=90.0, nice=nice)))], ANCHOR).findings[0].strength
        for name, nice in (("stress", 0), ("aurora-rt", 19), ("postgres", -5))
    ]
    assert len(set(told)) == 1


def test_many_open_files_large_memory_and_much_io_are_noticed() -> None:
    greedy = process(8, "hog", open_files=3000, rss=4 * GIB, read_rate=90.0 * MIB)
    found = assess([seen(processes(greedy))], ANCHOR, 8 * GIB)
    assert kinds(found) == {"descriptor_exhaustion", "memory_pressure", "io_saturation"}


def test_a_process_that_may_not_be_looked_into_is_no_trouble() -> None:
    hidden = process(8, "root-only", read_rate=None, write_rate=None, open_files=None)
    assert assess([seen(processes(hidden))], ANCHOR).findings == ()


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"cpu_percent": 97.0}, "cpu_saturation"),
        ({"load": (20.0, 10.0, 5.0)}, "cpu_saturation"),
        ({"steal_percent": 30.0}, "cpu_saturation"),
        ({"memory_available": GIB // 4}, "memory_pressure"),
        ({"swap_used": GIB}, "memory_pressure"),
        ({"iowait_percent": 35.0}, "io_saturation"),
    ],
)
def test_a_host_that_is_short_of_something_says_what(changes: dict[str, object], kind: str) -> None:
    assert kinds(machine(seen(state(**changes)))) == {kind}


def test_a_host_without_swap_and_pressure_is_read_all_the_same() -> None:
    assert machine(seen(state(swap_total=0, pressure=()))).findings == ()


def test_a_full_and_a_growing_file_system_are_noticed_the_named_one_first() -> None:
    systems = Filesystems(
        sampled_seconds=2,
        filesystems=(filesystem("/", 97.0), filesystem("/srv", 50.0, 4.0 * MIB), filesystem("/x")),
    )
    found = file_systems(seen(systems), "/srv")
    assert [one.subject.mount for one in found.findings] == ["/srv", "/"]


def test_a_file_belongs_to_the_deepest_mount_point_above_it() -> None:
    systems = (filesystem("/"), filesystem("/srv"), filesystem("/srv/spool"))
    found = holding("/srv/spool/x", systems)
    assert found is not None
    assert found.mount == "/srv/spool"
    assert holding("/srvx/y", systems) == systems[0]
    assert holding("/x", ()) is None


def test_a_deleted_file_that_is_still_held_is_told_as_such() -> None:
    gone = FILLED.model_copy(update={"deleted": True, "growth": 0.0})
    found = files(seen(large_files(gone)), None)
    assert "deleted but still held open" in found.findings[0].claim
    assert found.findings[0].subject.deleted


def test_a_file_that_nobody_holds_is_its_own_place() -> None:
    left = FILLED.model_copy(update={"pids": (), "process_names": ()})
    assert files(seen(large_files(left)), None).findings[0].node == "file /srv/spool/rows.csv.part"


def test_errors_far_from_the_alert_are_left_out_and_near_ones_counted() -> None:
    old = log_line("disk error").model_copy(update={"at": ANCHOR - timedelta(hours=1)})
    quiet = journal(seen(LogLines(origin="j", lines=(old,), truncated=False)), ANCHOR)
    assert quiet.findings == ()
    lines = (old, log_line("worker 1 failed"), log_line("worker 2 failed"), log_line("other"))
    found = journal(seen(LogLines(origin="j", lines=lines, truncated=False)), ANCHOR).findings
    assert "3 error lines" in found[0].claim
    assert "2 times" in found[0].claim
    assert "worker 2 failed" in found[0].claim


def test_what_was_started_shortly_before_is_told_the_busiest_first() -> None:
    young = [
        process(n, f"job-{n}", cpu_percent=float(n), started_at=ANCHOR - timedelta(minutes=n))
        for n in range(1, 9)
    ]
    facts = Processes(sampled_seconds=0, total=9, processes=(*IDLE, *young))
    found = recent_starts(seen(facts), ANCHOR).findings
    assert found[0].node == "process 8 (job-8)"
    assert "4 others" in found[0].claim


def test_retransmissions_and_piled_up_connections_are_noticed() -> None:
    bad = Network(interfaces=(), connections={"CLOSE_WAIT": 900}, listening=(), retransmit_percent=9.0)
    assert len(network(seen(bad)).findings) == 2
    good = Network(interfaces=(), connections={}, listening=(), retransmit_percent=None)
    assert network(seen(good)).findings == ()


def test_series_of_the_rules_own_metric_come_first_then_the_most_moved() -> None:
    series = [
        Series(labels={"__name__": "other"}, points=stepped(1, 90)),
        Series(labels={"__name__": "own"}, points=stepped(1, 4)),
        Series(labels={"__name__": "third"}, points=stepped(1, 9)),
        Series(labels={"__name__": "still"}, points=stepped(1, 1)),
    ]
    assert [one.name for one in moved(series, AT, frozenset({"own"}))] == ["own", "other", "third"]


def test_the_series_that_moved_first_is_named() -> None:
    early = Series(labels={"__name__": "a", "service": "db"}, points=stepped(1, 4, timedelta(minutes=-6)))
    late = Series(labels={"__name__": "b", "service": "web"}, points=stepped(1, 90, timedelta(minutes=-1)))
    found = related(seen(series_set("x", late, early)), AT, frozenset())
    told = found.findings[-1].claim
    assert 'the first was `a{service="db"}`, at 13:54:00 UTC' in told
    assert 'moved most was `b{service="web"}`' in told
    assert {one.node for one in found.findings} == {"service db", "service web"}


@pytest.mark.parametrize(
    ("points", "found", "words"),
    [
        (stepped(0.05, 0.99), 1, "rose from 0.05 to 0.99"),
        (stepped(0.95, 0.95), 1, "all along"),
        (stepped(0.05, 0.05), 0, "all along"),
        (stepped(0.95, 0.95)[:2], 1, "too few samples"),
        ((), 0, "no data"),
    ],
)
def test_the_alerts_own_measure_is_told_whatever_it_did(
    points: tuple[tuple[float, float], ...], found: int, words: str
) -> None:
    condition = conditions("cpu:busy > 0.9")[0]
    answer = seen(series_set("cpu:busy", Series(labels={}, points=points)))
    told = measure(answer, condition, {}, AT, "cpu_saturation")
    assert len(told.findings) == found
    claims = [one.claim for one in told.findings] + [one.claim for one in told.cleared]
    assert words in claims[0]


@given(
    st.lists(
        st.builds(
            Finding,
            kind=st.sampled_from(
                ["cpu_saturation", "memory_leak", "target_down", "config_change", "metric_deviation"]
            ),
            node=st.sampled_from(["process 1 (a)", "process 2 (b)", "host x", "series y"]),
            claim=st.just("Something [1]."),
            strength=st.floats(0, 1),
            role=st.sampled_from(["culprit", "symptom", "clue"]),
            on_host=st.booleans(),
        ),
        max_size=12,
    ),
    st.sampled_from(["cpu", "memory", "availability", "general"]),
    st.sampled_from(["here", "unknown", "elsewhere"]),
)
def test_whatever_was_found_causes_are_sorted_and_their_confidence_is_sane(findings, family, where) -> None:  # type: ignore[no-untyped-def]
    verdict = weigh(Assessment(tuple(findings)), (family,), where, ANCHOR, ())
    scores = [one.score for one in verdict.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < one.confidence < 0.95 for one in verdict.candidates)
    assert len({one.node for one in verdict.candidates}) == len(verdict.candidates) <= 5
