"""What follows from what: whose trouble comes from a place that is seen to be broken."""

from dataclasses import replace

import pytest

from aurora_rt.investigation.builtin.candidate import Candidate
from aurora_rt.investigation.builtin.consequences import BEHIND, FOLLOWS, NAMED, explained, runs
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Finding, Subject

CALLS = [
    ("gateway", "orders"),
    ("gateway", "catalog"),
    ("orders", "payments"),
    ("orders", "postgres"),
    ("catalog", "postgres"),
    ("catalog", "redis"),
]
CATALOG = "python3 -m shop.services.catalog"


def suffering(node: str, score: float, kind: Kind = "latency") -> Candidate:
    """A place of which measurements tell."""
    return found(node, score, kind, inferred=True)


def found(
    node: str,
    score: float,
    kind: Kind,
    *,
    inferred: bool = False,
    on_host: bool = False,
    claim: str = "So it is [1].",
    subject: Subject = Subject(),  # noqa: B008  (it is frozen)
) -> Candidate:
    """A place whose state was seen, unless `inferred`."""
    finding = Finding(kind, node, claim, score, subject=subject, on_host=on_host, inferred=inferred)
    return Candidate(node, score, (finding,), subject)


def neighbour(score: float = 0.8, sufferer: str = CATALOG) -> Candidate:
    """A process that takes the core of another."""
    return found(
        "process 34 (python3)", score, "noisy_neighbour", on_host=True, subject=Subject(sufferer=sufferer)
    )


def scores(*candidates: Candidate) -> dict[str, float]:
    return {one.node: one.score for one in explained(candidates, CALLS)}


def test_whoever_calls_what_is_broken_comes_behind_it_directly_or_not() -> None:
    left = scores(
        suffering("gateway", 0.95), suffering("orders", 0.6), found("postgres", 0.8, "lock_contention")
    )
    assert left["postgres"] == 0.8
    assert left["orders"] == pytest.approx(FOLLOWS * 0.6)
    assert left["gateway"] == pytest.approx(BEHIND * 0.8)


def test_whoever_does_not_call_it_keeps_its_score() -> None:
    left = scores(suffering("redis", 0.9), found("payments", 0.8, "certificate"))
    assert left == {"redis": 0.9, "payments": 0.8}


def test_a_place_that_is_broken_itself_is_not_explained_by_what_it_calls() -> None:
    left = scores(found("orders", 0.7, "config_change"), found("payments", 0.8, "certificate"))
    assert left["orders"] == 0.7


@pytest.mark.parametrize("kind", ["latency", "error_rate", "pool_exhausted", "queue_growth"])
def test_some_trouble_is_handed_up_even_by_a_place_that_says_so_itself(kind: Kind) -> None:
    left = scores(found("orders", 0.9, kind), found("postgres", 0.8, "lock_contention"))
    assert left["orders"] == pytest.approx(BEHIND * 0.8)


def test_what_is_hardly_broken_explains_nothing_and_what_is_not_plainly_so_only_a_little() -> None:
    assert scores(suffering("orders", 0.9), found("postgres", 0.4, "lock_contention"))["orders"] == 0.9
    left = scores(suffering("orders", 0.9), found("postgres", 0.55, "lock_contention"))
    assert left["orders"] == pytest.approx(FOLLOWS * 0.9)


def test_measurements_of_a_place_explain_no_other() -> None:
    assert scores(suffering("gateway", 0.9), suffering("orders", 0.9))["gateway"] == 0.9


def test_who_names_the_file_system_that_is_full_hands_its_weight_to_it() -> None:
    complains = found("orders", 0.9, "disk_filling", claim="It says that /srv/spool is full [1].")
    full = found(
        "file system /srv/spool", 0.5, "disk_filling", on_host=True, subject=Subject(mount="/srv/spool")
    )
    left = scores(complains, full)
    assert left["file system /srv/spool"] == pytest.approx(NAMED * 0.9)
    assert left["orders"] == pytest.approx(FOLLOWS * 0.9)


def test_a_full_file_system_that_nobody_names_stays_as_it_is() -> None:
    full = found(
        "file system /srv/spool", 0.5, "disk_filling", on_host=True, subject=Subject(mount="/srv/spool")
    )
    assert scores(found("orders", 0.9, "disk_filling"), full)["file system /srv/spool"] == 0.5


def test_a_neighbour_explains_the_service_whose_core_it_takes_and_who_calls_it() -> None:
    left = scores(
        suffering("gateway", 0.95), suffering("catalog", 0.9), suffering("orders", 0.9), neighbour()
    )
    assert left["process 34 (python3)"] == 0.8
    assert left["gateway"] == left["catalog"] == pytest.approx(BEHIND * 0.8)
    assert left["orders"] == 0.9


def test_a_neighbour_of_somebody_else_explains_nothing() -> None:
    left = scores(suffering("catalog", 0.9), neighbour(sufferer="/usr/bin/catalogue --all"))
    assert left["catalog"] == 0.9


def test_a_busy_process_that_takes_nobodys_core_explains_nothing() -> None:
    busy = found("process 34 (python3)", 0.9, "cpu_saturation", on_host=True)
    assert scores(suffering("catalog", 0.9), busy)["catalog"] == 0.9


def test_a_neighbour_explains_whatever_else_is_known_of_it() -> None:
    busy = found("process 34 (python3)", 0.9, "cpu_saturation", on_host=True)
    both = replace(busy, findings=(*busy.findings, *neighbour().findings))
    assert scores(suffering("catalog", 0.9), both)["catalog"] == pytest.approx(FOLLOWS * 0.9)


@pytest.mark.parametrize(
    ("name", "command", "its"),
    [
        ("catalog", "python3 -m shop.services.catalog", True),
        ("catalog", "/srv/Catalog/run", True),
        ("price-list", "python3 price_list.py", True),
        ("catalog", "python3 catalog_import.py", False),
        ("catalog", "python3 -m shop.catalogs", False),
        ("db", "/usr/bin/db", False),
        ("", "anything", False),
    ],
)
def test_a_command_line_is_a_services_when_it_has_its_name_as_a_whole_word(
    name: str, command: str, its: bool
) -> None:
    assert runs(name, command) is its


@pytest.mark.parametrize("kind", ["slow_query", "latency", "pool_exhausted", "cpu_saturation"])
def test_a_cache_that_drops_things_explains_the_database_that_is_read_instead(kind: Kind) -> None:
    left = scores(
        suffering("catalog", 0.9), found("postgres", 0.85, kind), found("redis", 0.68, "cache_eviction")
    )
    assert left["redis"] == 0.68
    assert left["postgres"] == left["catalog"] == pytest.approx(BEHIND * 0.68)


@pytest.mark.parametrize(
    "other",
    [
        found("postgres", 0.85, "lock_contention"),
        found("payments", 0.85, "latency"),
    ],
    ids=["trouble of its own", "not beside the cache"],
)
def test_a_cache_does_not_explain(other: Candidate) -> None:
    assert scores(other, found("redis", 0.7, "cache_eviction"))[other.node] == 0.85


def test_a_cache_that_hardly_drops_anything_explains_no_database() -> None:
    left = scores(found("postgres", 0.85, "slow_query"), found("redis", 0.4, "cache_eviction"))
    assert left["postgres"] == 0.85


def test_a_service_beside_a_cache_that_calls_others_is_no_store() -> None:
    calls = [("catalog", "redis"), ("catalog", "prices"), ("prices", "ledger")]
    both = [suffering("prices", 0.85), found("redis", 0.7, "cache_eviction")]
    assert explained(both, calls)[0].score == 0.85
