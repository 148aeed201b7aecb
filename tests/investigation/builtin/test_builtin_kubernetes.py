"""The built-in investigator in a Kubernetes cluster: what is wrong is named, with its place and kind."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from cluster_cases import CASES, ClusterCase

from aurora_rt.investigation.builtin.families import FAMILY_OF_KIND, WORDS
from aurora_rt.investigation.builtin.kubernetes.judging import RULES
from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.investigation.evaluation.recording import Recording
from aurora_rt.investigation.evaluation.replay import replay
from aurora_rt.investigation.evaluation.score import scored
from aurora_rt.investigation.evaluation.suite import RecordedCase, Truth
from aurora_rt.investigation.investigator import Case, CaseAlert, Forgetful, Suggestion
from aurora_rt.toolsets.verdicts.acting import acts

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def recorded(case: ClusterCase) -> RecordedCase:
    labels = {"alertname": "ServiceFails", "namespace": "shop", "service": case.service}
    alert = CaseAlert("ServiceFails", "", "critical", case.service, "firing", labels, {}, START)
    truth = Truth(
        healthy=not case.place,
        nodes=(case.place,) if case.place else (),
        kind=case.kind or None,
        must_mention=case.mentions,
    )
    return RecordedCase(case.name, START, (alert,), Recording({}, answers=case.looks), truth)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_what_is_wrong_in_a_cluster_is_named(stage: Stage, case: ClusterCase) -> None:
    played = await stage.play(recorded(case))
    score = scored(played)
    named = [(one.node, one.kind, one.confidence) for one in played.causes]
    if not case.place:
        assert named == []
        return
    assert (score.place, score.place_and_kind) == (1, 1), named
    assert all(score.mentioned), (case.mentions, played.summary)
    assert score.support.claims
    assert score.support.supported == score.support.claims, played.summary


def test_there_are_some_forty_rules_and_words_for_each_kind() -> None:
    assert len(RULES) >= 30
    assert set(FAMILY_OF_KIND) == set(WORDS)
    assert {case.kind for case in CASES if case.kind} <= set(WORDS)


async def test_what_was_not_recorded_is_no_finding(stage: Stage) -> None:
    (web,) = [case for case in CASES if case.name == "a cluster that is well"]
    nothing = ClusterCase("nothing", web.looks[:1])
    played = await stage.play(recorded(nothing))
    assert played.causes == ()
    assert "not recorded" in played.summary


async def test_a_rollout_that_is_stuck_is_proposed_to_be_taken_back_once_somebody_approves(
    stage: Stage,
) -> None:
    (stuck,) = [recorded(case) for case in CASES if case.name == "a rollout that is stuck"]
    tools = stage.tools(replay(stuck.recording, stage.toolsets), stage.settings, stuck.start)
    about = Case(uuid4(), "ServiceFails", "web", "critical", "", "alertmanager", START, stuck.alerts)
    steps = [step async for step in stage.investigator.investigate(about, tools, Forgetful())]
    (proposed,) = [step for step in steps if isinstance(step, Suggestion) and step.is_action]
    assert proposed.command == "kubectl rollout undo deployment/web -n shop"
    assert "revision before" in proposed.effect
    assert "once more" in proposed.undo
    assert acts(proposed.command.split())
