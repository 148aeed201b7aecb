"""The built-in investigator in made-up systems that it has never seen, beside simple ways to rank.

What is asked for is well below what it does, so that chance does not decide; whoever changes a rule looks at more
seeds than these.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean, median, pstdev

import pytest
import worlds
from worlds import FAULTS, STYLES, World, recorded, world

from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.investigation.evaluation.score import Scored, scored
from aurora_rt.investigation.evaluation.suite import RecordedCase

SEEDS = range(7000, 7004)


def small(one: World) -> World:
    """The world sampled no more often than makes a quick test."""
    return replace(one, step=max(30.0, one.step), before=max(1200.0, one.before))


async def all_played(stage: Stage, every: Sequence[World]) -> list[Scored]:
    return [scored(await stage.play(recorded(small(one)))) for one in every]


def share(scores: Sequence[Scored], within: int) -> float:
    return fmean(one.place is not None and one.place <= within for one in scores)


def ranked(case: RecordedCase, distance: Callable[[list[float], list[float]], float]) -> list[str]:
    """Places by their furthest measurement, as simple scorers rank them."""
    anchor, found = case.start.timestamp(), dict[str, float]()
    for measure, points in case.recording.series.items():
        before = [value for at, value in points if at < anchor - 300]
        after = [value for at, value in points if at >= anchor - 300]
        if len(before) > 2 and after:
            found[measure.node] = max(found.get(measure.node, 0.0), distance(before, after))
    return sorted(found, key=lambda node: -found[node])


def n_sigma(before: list[float], after: list[float]) -> float:
    sigma = pstdev(before)
    return max(abs(one - fmean(before)) for one in after) / sigma if sigma else 0.0


def robust(before: list[float], after: list[float]) -> float:
    middle = median(before)
    spread = median([abs(one - middle) for one in before])
    return max(abs(one - middle) for one in after) / spread if spread else 0.0


async def test_where_trouble_begins_is_found_in_systems_that_were_never_seen(stage: Stage) -> None:
    every = [world(seed * 8 + n, fault=fault) for seed in SEEDS for n, fault in enumerate(FAULTS)]
    scores = await all_played(stage, every)
    assert share(scores, 1) >= 0.85
    assert share(scores, 3) >= 0.9
    assert fmean(one.place_and_kind == 1 for one in scores) >= 0.7
    assert sum(one.confident_but_wrong for one in scores) <= 1
    assert max(one.played.seconds for one in scores) < 10
    claims = sum(one.support.claims for one in scores)
    assert sum(one.support.supported for one in scores) >= 0.95 * claims
    for distance in (n_sigma, robust):
        simple = [ranked(one.played.case, distance)[0] in one.truth.nodes for one in scores]
        assert share(scores, 1) > fmean(simple)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("graph", [True, False])
async def test_neither_names_of_metrics_nor_a_graph_decide(
    stage: Stage, style: worlds.Style, graph: bool
) -> None:
    every = [
        world(9000 + n, fault=fault, style=style, graph=graph)
        for n, fault in enumerate(("delay", "cpu", "crash"))
    ]
    scores = await all_played(stage, every)
    assert share(scores, 3) >= 2 / 3


async def test_no_cause_is_invented_in_systems_that_are_as_usual(stage: Stage) -> None:
    scores = await all_played(stage, [world(8000 + seed, fault="none") for seed in range(12)])
    assert sum(not one.healthy for one in scores) <= 2
    assert not any(one.confident_but_wrong for one in scores)


@pytest.mark.parametrize("spelled", ["{}:8080", "{}-6d5f8c7b9b-x2x4z", "{}.shop.svc.cluster.local"])
async def test_the_alert_may_call_its_service_otherwise_than_the_measurements_do(
    stage: Stage, spelled: str
) -> None:
    case = recorded(small(world(11, fault="delay", graph=True)))
    other = spelled.format(case.alerts[0].service.upper() if ":" in spelled else case.alerts[0].service)
    alert = replace(case.alerts[0], service=other, labels={**case.alerts[0].labels, "service": other})
    assert scored(await stage.play(replace(case, alerts=(alert,)))).place == 1


@pytest.mark.parametrize("graph", [True, False])
async def test_places_that_are_measured_by_pod_are_named_as_the_system_calls_them(
    stage: Stage, graph: bool
) -> None:
    case = recorded(small(world(31, fault="cpu", graph=graph)))
    shared = case.recording
    pods = {
        measure._replace(node=f"{measure.node}-6d5f8c7b9b-{tail}"): points
        for measure, points in shared.series.items()
        for tail in ("x2x4z", "kkwvd")
    }
    played = await stage.play(replace(case, recording=replace(shared, series=pods, baseline={})))
    assert played.causes[0].node == case.truth.nodes[0]


async def test_a_graph_may_name_services_otherwise_than_the_measurements_do(stage: Stage) -> None:
    case = recorded(small(world(12, fault="delay", graph=True)))
    shared = case.recording
    calls = tuple((f"{caller.upper()}:8080", callee.replace("-", "_")) for caller, callee in shared.calls)
    played = await stage.play(replace(case, recording=replace(shared, calls=calls)))
    assert played.causes[0].node == case.truth.nodes[0]
    assert "call" in played.summary
