"""Changes before an alert: close in time and place they are causes, far from it they are only told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.changes import changed
from aurora_rt.investigation.builtin.findings.finding import Finding
from aurora_rt.investigation.evaluation.play import Played, Stage
from aurora_rt.investigation.evaluation.recording import RecordedCall, Recording
from aurora_rt.investigation.evaluation.suite import RecordedCase, Truth
from aurora_rt.investigation.investigator import CaseAlert
from aurora_rt.toolsets.changes.reading import read

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def line(minutes: float, text: str) -> str:
    return f"{(START + timedelta(minutes=minutes)):%Y-%m-%dT%H:%M:%SZ} {text}"


async def played(
    stage: Stage,
    changes: Sequence[str],
    logs: Sequence[str] = (),
    calls: tuple[tuple[str, str], ...] = (),
    **params: str,
) -> Played:
    labels = {"alertname": "HighErrorRate", "service": "web"}
    alert = CaseAlert("HighErrorRate", "", "critical", "web", "firing", labels, {}, START)
    answers = [RecordedCall(tool="changes.list", params=params, output="\n".join(changes))]
    if logs:
        answers.append(RecordedCall(tool="logs.search", params={}, output="\n".join(logs)))
    recording = Recording({}, answers=tuple(answers), calls=calls)
    return await stage.play(RecordedCase("changes", START, (alert,), recording, Truth()))


def ranked(told: Played) -> list[tuple[str, str]]:
    return [(one.node, one.kind) for one in told.causes]


async def test_a_deployment_of_the_alerting_service_just_before_is_a_cause_with_its_lead_told(
    stage: Stage,
) -> None:
    told = await played(
        stage, [line(-4, "web: deployed version 1.4.2 by ann"), line(-90, "cart: deployed 2.0")]
    )
    assert ranked(told) == [("web", "bad_deploy")]
    assert 0.6 <= told.causes[0].confidence <= 0.8
    assert "4 min before the alert" in told.summary


async def test_a_service_that_complains_after_its_own_change_is_led_by_the_change(stage: Stage) -> None:
    told = await played(
        stage,
        [line(-6, "cart: feature flag new-basket enabled"), line(-100, "web: deployed version 3")],
        [
            line(-2, "[cart] ERROR NullPointerException at Basket.java:17"),
            line(-2, "[cart] ERROR unhandled exception"),
        ],
    )
    assert told.causes[0].node == "cart"
    assert "new-basket" in told.summary


async def test_what_really_broke_comes_before_a_change_of_somebody_else(stage: Stage) -> None:
    told = await played(
        stage,
        [line(-5, "search: deployed version 9")],
        [line(-1, '[db] FATAL: password authentication failed for user "web"')],
    )
    assert told.causes[0].node == "db"
    assert "search" not in [one.node for one in told.causes[:1]]


async def test_a_change_of_somebody_else_alone_is_told_and_no_cause(stage: Stage) -> None:
    told = await played(stage, [line(-5, "search: deployed version 9")])
    assert told.causes == ()
    told = await played(stage, [line(-5, "search: deployed version 9")], calls=(("web", "search"),))
    assert ranked(told) == [("search", "bad_deploy")]
    assert told.causes[0].confidence <= 0.6


async def test_where_only_changes_of_one_service_were_recorded_they_are_found(stage: Stage) -> None:
    told = await played(stage, [line(-3, "config map changed: timeout 5s")], service="web")
    assert ranked(told) == [("web", "config_change")]


def finding(minutes: float, text: str) -> Finding:
    seen = Evidence(read(line(minutes, text), {}), "[2]")
    return changed(seen, START, "web", frozenset({"cart"})).findings[0]


@pytest.mark.parametrize(
    ("minutes", "text", "least", "most"),
    [
        (-4, "web: deployed v2", 0.65, 0.75),
        (-40, "web: deployed v2", 0.45, 0.55),
        (-110, "web: deployed v2", 0.1, 0.3),
        (-4, "web-service: deployed v2", 0.65, 0.75),
        (-4, "Deployed v2", 0.45, 0.55),
        (-4, "cart: deployed v2", 0.45, 0.55),
        (-4, "search: deployed v2", 0.3, 0.5),
        (-4, "web: commit abc", 0.2, 0.4),
    ],
)
def test_the_nearer_a_change_the_more_it_weighs(minutes: float, text: str, least: float, most: float) -> None:
    one = finding(minutes, text)
    assert least <= one.strength <= most
    assert one.claim.endswith("[2].")


def test_changes_after_the_alert_are_no_cause_and_none_is_a_sentence() -> None:
    for output in (line(30, "web: deployed v2"), "No changes."):
        seen = changed(Evidence(read(output, {}), "[2]"), START, "web")
        assert seen.findings == ()
        assert [one.claim for one in seen.cleared] == [
            "Nothing is known to have been changed before the alert [2]."
        ]
