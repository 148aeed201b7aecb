"""Words: pieces of texts, foreign texts, numbers, what alerts are about and where."""

import re
from typing import get_args

import pytest
from builtin_worlds import case
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation import builtin
from aurora_rt.investigation.builtin import pieces, wording
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import FAMILY_OF_KIND, WORDS, Kind, families_of, is_heartbeat
from aurora_rt.investigation.builtin.findings.journal import template
from aurora_rt.investigation.builtin.reading import host_of, matchers, place
from aurora_rt.toolsets.facts.metrics import (
    Targets,
)


@given(st.text())
def test_the_pieces_of_a_text_are_the_text(text: str) -> None:
    assert "".join(pieces.words(text)) == text


@given(st.text())
def test_foreign_text_never_looks_like_a_citation_nor_leaves_its_line(text: str) -> None:
    for shown in (wording.foreign(text), wording.code(text)):
        assert not re.search(r"\[\d+\]", shown)
        assert "\n" not in shown
    assert "`" not in wording.code(text)[1:-1]


@given(st.text(), st.integers(2, 50))
def test_foreign_text_is_cut(text: str, limit: int) -> None:
    assert len(wording.foreign(text, limit)) <= limit


@pytest.mark.parametrize(
    ("amount", "expected"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (-(3 * 2**20), "-3.0 MiB")]
)
def test_sizes_are_written_in_binary_units(amount: float, expected: str) -> None:
    assert wording.size(amount) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0"), (0.05, "0.05"), (98.765, "98.77"), (123456.7, "123457"), (2.5e9, "2.5e+09")],
)
def test_numbers_are_written_short(value: float, expected: str) -> None:
    assert wording.plain(value) == expected


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.94, "very likely (0.94)"), (0.7, "likely (0.70)"), (0.1, "a weak lead (0.10)")],
)
def test_confidence_is_a_word_and_a_number(confidence: float, expected: str) -> None:
    assert wording.certainty(confidence) == expected


def test_a_number_is_written_as_the_output_shows_it() -> None:
    seen = Evidence(Targets(targets=()), "[1]", "cpu 99 % of 199.4 and 9")
    assert seen.shown("99.4", "99") == "99"
    assert seen.shown("99.4", "98") == "99.4"


@pytest.mark.parametrize(
    ("alertname", "expression", "family"),
    [
        ("HighCpuUsage", None, "cpu"),
        ("MemoryGrowing", "deriv(node_memory_MemAvailable_bytes[2m]) < -1e6", "memory"),
        ("DiskFilling", None, "disk"),
        ("NodeFilesystemAlmostOutOfSpace", None, "disk"),
        ("InstanceDown", "up == 0", "availability"),
        ("HighErrorRate", 'rate(http_requests_total{code="500"}[5m]) > 1', "errors"),
        ("SlowCheckout", None, "latency"),
        ("Odd", "node_filefd_allocated > 5", "descriptors"),
        ("Odd", None, "general"),
        ("", None, "general"),
    ],
)
def test_an_alert_is_understood_by_its_name_and_its_metrics(
    alertname: str, expression: str | None, family: str
) -> None:
    assert families_of(case(alertname, expression=expression).alert)[0] == family


@pytest.mark.parametrize(
    ("alertname", "severity", "expression", "heartbeat"),
    [
        ("Watchdog", "none", None, True),
        ("DeadMansSwitch", "critical", None, True),
        ("Test", "none", "vector(1)", True),
        ("HighCpuUsage", "critical", "vector(1)", False),
        ("HighCpuUsage", "none", None, False),
    ],
)
def test_heartbeats_are_recognised(
    alertname: str, severity: str, expression: str | None, heartbeat: bool
) -> None:
    assert is_heartbeat(case(alertname, severity=severity, expression=expression).alert) is heartbeat


def test_every_kind_of_fault_has_a_family_and_words() -> None:
    assert FAMILY_OF_KIND.keys() == WORDS.keys()


@pytest.mark.parametrize(
    ("instance", "host"),
    [
        ("web-1:9100", "web-1"),
        ("10.0.0.7:80", "10.0.0.7"),
        ("[::1]:9100", "::1"),
        ("https://shop.example.com/x", "shop.example.com"),
        ("[::1", "::1"),
        ("fe80::1", "fe80::1"),
    ],
)
def test_the_host_of_an_instance_is_found(instance: str, host: str) -> None:
    assert host_of(instance) == host


@pytest.mark.parametrize(
    ("named", "hostname", "expected"),
    [
        ("", "web-1", "here"),
        ("localhost", "web-1", "here"),
        ("127.0.0.1", None, "here"),
        ("WEB-1", "web-1.example.com", "here"),
        ("web-2", "web-1", "elsewhere"),
        ("10.0.0.7", "web-1", "unknown"),
        ("web-2", None, "unknown"),
    ],
)
def test_it_is_known_whether_an_alert_is_about_this_host(
    named: str, hostname: str | None, expected: str
) -> None:
    assert place(named, hostname) == expected


def test_matchers_are_the_closest_labels_and_are_quoted() -> None:
    alert = case(instance='a"b', job="x", namespace="n").alert
    assert matchers(alert) == ('instance="a\\"b"', 'job="x"')
    assert matchers(case(pod="p", namespace="n").alert)[0] == 'pod="p",namespace="n"'
    assert matchers(case().alert) == ()


def test_log_lines_that_differ_in_numbers_are_the_same() -> None:
    assert template("worker 12 died at 0xdeadbeef") == template("worker 7 died at 0x1234")


def test_a_long_command_line_keeps_the_names_of_what_runs() -> None:
    python = "/srv/applications/checkout/releases/2026-03-01/.venv/bin/python3"
    script = "/srv/applications/checkout/releases/2026-03-01/jobs/recount_stock.py"
    shown = wording.command_line(f"{python} {script} --shop=all", 110)
    assert shown == "`…/python3 …/recount_stock.py --shop=all`"
    assert (
        wording.command_line("/usr/bin/python3 recount_stock.py", 110)
        == "`/usr/bin/python3 recount_stock.py`"
    )
    assert len(wording.command_line("x" * 500, 110)) <= 112


def test_the_kinds_of_cause_that_are_documented_are_those_that_there_are() -> None:
    told = re.findall(r"^    ([a-z_]+) {2,}(.+)$", builtin.__doc__ or "", re.MULTILINE)
    assert {kind: words for kind, words in told if kind in get_args(Kind)} == dict(WORDS)
    assert set(get_args(Kind)) == set(WORDS) == set(FAMILY_OF_KIND)
