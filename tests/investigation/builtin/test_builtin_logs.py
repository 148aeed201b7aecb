"""What logs say: complaints that are new since the alert, with the place that they come from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin.signs import SIGNS, telling
from aurora_rt.investigation.evaluation.play import Played, Stage
from aurora_rt.investigation.evaluation.recording import RecordedCall, Recording
from aurora_rt.investigation.evaluation.suite import RecordedCase, Truth
from aurora_rt.investigation.investigator import CaseAlert

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def line(minutes: float, source: str, text: str) -> str:
    return f"{(START + timedelta(minutes=minutes)):%Y-%m-%dT%H:%M:%SZ} [{source}] {text}"


async def played(stage: Stage, lines: Sequence[str]) -> Played:
    labels = {"alertname": "HighErrorRate", "service": "web"}
    alert = CaseAlert("HighErrorRate", "", "critical", "web", "firing", labels, {}, START)
    answer = RecordedCall(tool="logs.search", params={}, output="\n".join(lines))
    case = RecordedCase("logs", START, (alert,), Recording({}, answers=(answer,)), Truth())
    return await stage.play(case)


async def test_the_service_that_tells_why_comes_before_those_that_only_wait_for_it(stage: Stage) -> None:
    told = await played(
        stage,
        [
            line(-1, "web", "ERROR dial tcp: connection refused cart:8080"),
            line(-1, "cart", 'FATAL: password authentication failed for user "cart"'),
            line(-1, "web", "ERROR dial tcp: connection refused cart:8080"),
        ],
    )
    assert [(one.node, one.kind) for one in told.causes[:2]] == [
        ("cart", "authentication"),
        ("web", "dependency_down"),
    ]
    assert "password authentication failed" in told.summary


async def test_somebody_who_cannot_be_reached_and_says_nothing_is_named(stage: Stage) -> None:
    told = await played(stage, [line(0, "web", "ERROR could not connect to redis:6379: connection refused")])
    assert ("redis", "dependency_down") in [(one.node, one.kind) for one in told.causes]


async def test_what_was_complained_of_before_is_no_finding(stage: Stage) -> None:
    usual = [
        line(minute, "web", f"ERROR connection refused by audit:80 in {abs(minute)} ms")
        for minute in range(-60, 5)
    ]
    told = await played(stage, usual)
    assert told.causes == ()
    assert "nothing new" in told.summary


@given(st.lists(st.text(max_size=300), max_size=20))
def test_any_lines_can_be_read(lines: list[str]) -> None:
    told = telling(lines)
    assert told is None or told.sign in SIGNS
