"""Who takes a core away from whom."""

import pytest
from builtin_worlds import ANCHOR, process, processes

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Family
from aurora_rt.investigation.builtin.findings.finding import Assessment, Finding
from aurora_rt.investigation.builtin.findings.neighbours import neighbours
from aurora_rt.investigation.builtin.findings.processes import processes as burning
from aurora_rt.investigation.builtin.ranking import Verdict, weigh
from aurora_rt.toolsets.facts.host import Processes, ProcessUse

CATALOG = "python3 -m shop.services.catalog"
HOG = "python3 -m jobs.encode_videos 1"


def starved(waited: float | None = 90.0, **changes: object) -> ProcessUse:
    return process(12, CATALOG, **{"waited_percent": waited, "core": 1, "cpu_percent": 3.0} | changes)


def hog(pid: int = 34, command: str = HOG, **changes: object) -> ProcessUse:
    return process(pid, command, **{"cpu_percent": 95.0, "core": 1, "waited_percent": 2.0} | changes)


def sample(*unusual: ProcessUse, number: int = 1) -> Evidence[Processes]:
    facts = processes(*unusual)
    return Evidence(facts, f"[{number}]", facts.model_dump_json())


def only(assessment: Assessment) -> Finding:
    (finding,) = assessment.findings
    return finding


def weighed(finding: Finding, service: str, family: Family = "latency") -> Verdict:
    calls = [("gateway", "catalog")]
    return weigh(Assessment((finding,)), (family,), "here", ANCHOR, (), service, calls)


def test_who_has_the_core_that_a_service_waits_for_is_named_with_whoever_waits() -> None:
    found = only(neighbours([sample(starved(), hog()), sample(starved(), hog(), number=2)]))
    assert (found.kind, found.node, found.role) == ("noisy_neighbour", "process 34 (python3)", "culprit")
    assert found.strength == pytest.approx(0.95)
    assert found.subject.sufferer == CATALOG
    assert all(part in found.claim for part in (CATALOG, HOG, "90", "core 1", "[1]", "[2]"))


def test_several_of_one_program_count_together_and_the_biggest_is_named() -> None:
    many = [hog(30 + n, cpu_percent=20.0 + n) for n in range(4)]
    found = only(neighbours([sample(starved(), *many)]))
    assert found.node == "process 33 (python3)"
    assert "the biggest of 4 such processes" in found.claim


def test_waiting_longer_is_stronger() -> None:
    short, long = (only(neighbours([sample(starved(waited), hog())])) for waited in (35.0, 70.0))
    assert 0.6 <= short.strength < long.strength < 0.95


@pytest.mark.parametrize(
    "seen",
    [
        (starved(10.0), hog()),
        (starved(None), hog()),
        (starved(), hog(core=0)),
        (starved(core=None), hog(core=None)),
        (starved(), hog(cpu_percent=20.0)),
        (starved(), hog(command=f"{CATALOG} --port 8081")),
        (starved(), hog(parent_pid=12)),
        (starved(cpu_percent=50.0), hog(cpu_percent=50.0)),
    ],
    ids=[
        "hardly waits",
        "nobody tells",
        "another core",
        "unknown core",
        "little used",
        "its own kind",
        "its own child",
        "an even share",
    ],
)
def test_nobody_is_blamed(seen: tuple[ProcessUse, ...]) -> None:
    assert neighbours([sample(*seen)]).findings == ()


def test_sessions_of_one_database_do_not_starve_each_other() -> None:
    waiting = process(
        8, "postgres: shop shop 127.0.0.1(5) SELECT", name="postgres", waited_percent=80, core=1
    )
    working = process(9, "postgres: autovacuum worker", name="postgres", cpu_percent=90.0, core=1)
    assert neighbours([sample(waiting, working)]).findings == ()


def test_a_short_wait_that_a_second_look_does_not_show_is_none() -> None:
    calm = sample(starved(0.0), hog(), number=2)
    assert neighbours([sample(starved(50.0), hog()), calm]).findings == ()
    assert neighbours([sample(starved(50.0), hog()), sample(hog(), number=2)]).findings == ()
    assert only(neighbours([sample(starved(90.0), hog()), calm])).strength < 0.75


def test_nothing_is_said_where_nothing_was_seen() -> None:
    assert neighbours([]) == Assessment()


def test_whoever_starves_the_service_of_the_alert_is_as_close_as_can_be() -> None:
    found = only(neighbours([sample(starved(), hog())]))
    of_alert, called, other = (weighed(found, name) for name in ("catalog", "gateway", "payments"))
    assert of_alert.candidates[0].score == called.candidates[0].score == pytest.approx(0.95)
    assert other.candidates[0].score < 0.8
    assert weighed(found, "catalog", "disk").candidates[0].score < 0.4


def test_where_the_alert_is_about_the_processor_whoever_uses_it_up_is_the_cause_and_not_who_waits() -> None:
    seen = [sample(starved(), hog())]
    both = burning(seen, ANCHOR) + neighbours(seen, "clue")
    first = weigh(both, ("cpu",), "here", ANCHOR, ()).candidates[0]
    assert (first.node, first.kind) == ("process 34 (python3)", "cpu_saturation")
    assert any(CATALOG in one.claim for one in first.findings)
