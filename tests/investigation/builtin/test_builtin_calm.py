"""No active fault, and why: what is over, comes and goes, is borne, or has too tight a bound; no cause is invented."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cluster_cases import NAMESPACE, WEB, events, got, logs

from aurora_rt.investigation.evaluation.play import Played, Stage
from aurora_rt.investigation.evaluation.recording import Measure, RecordedCall, Recording
from aurora_rt.investigation.evaluation.score import scored
from aurora_rt.investigation.evaluation.suite import RecordedCase, Truth
from aurora_rt.investigation.investigator import CaseAlert

START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
QUERY = "queue_depth"
HEALTHY = Truth(healthy=True)


def alert(**changes: object) -> CaseAlert:
    labels = {"alertname": "DeepQueue", "service": "web", "severity": "warning", "namespace": NAMESPACE}
    one = CaseAlert(
        "DeepQueue", "", "warning", "web", "firing", labels, {}, START, expression=f"{QUERY} > 100"
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def minutes(read: Callable[[int], float]) -> list[tuple[float, float]]:
    return [((START + timedelta(minutes=n)).timestamp(), read(n)) for n in range(-110, 11)]


def ranged(points: Sequence[tuple[float, float]]) -> RecordedCall:
    """A recorded range query, as the metrics server itself answers."""
    result = [{"metric": {"__name__": QUERY, "service": "web"}, "values": [[at, str(v)] for at, v in points]}]
    body = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    return RecordedCall(
        tool="prometheus.query_range", params={"query": f" {QUERY} "}, output=json.dumps(body)
    )


async def played(stage: Stage, *answers: RecordedCall, one: CaseAlert | None = None) -> Played:
    return await stage.play(
        RecordedCase("calm", START, (one or alert(),), Recording({}, answers=answers), HEALTHY)
    )


async def test_an_alert_whose_measure_is_back_below_its_bound_is_over_and_since_when_is_said(
    stage: Stage,
) -> None:
    heard = await played(stage, ranged(minutes(lambda n: 400.0 if -2 <= n <= 4 else 50.0 + n % 3)))
    assert heard.causes == ()
    assert "**No active fault:** it is over" in heard.summary
    assert "since 10:05:00 UTC" in heard.summary
    assert scored(heard).support.supported == scored(heard).support.claims


async def test_a_measure_that_still_is_beyond_its_bound_is_not_over(stage: Stage) -> None:
    heard = await played(stage, ranged(minutes(lambda n: 400.0 if n >= -2 else 50.0 + n % 3)))
    assert [one.node for one in heard.causes] == ["web"]
    assert "No active fault" not in heard.summary


async def test_an_alert_that_has_come_and_gone_before_flaps(stage: Stage) -> None:
    spells = {n for start in (-60, -30, -1) for n in range(start, start + 4)}
    heard = await played(stage, ranged(minutes(lambda n: 400.0 if n in spells else 50.0 + n % 3)))
    assert heard.causes == ()
    assert "comes and goes" in heard.summary
    assert "3 times" in heard.summary


async def test_a_bound_inside_the_usual_range_is_too_tight(stage: Stage) -> None:
    dice = random.Random(3)
    heard = await played(stage, ranged(minutes(lambda _: dice.uniform(60, 110))))
    assert heard.causes == ()
    assert "the alert's bound is too tight" in heard.summary


async def test_an_alert_that_was_resolved_is_over(stage: Stage) -> None:
    heard = await played(stage, one=alert(status="resolved"))
    assert heard.causes == ()
    assert "The alert itself has been resolved since." in heard.summary


async def test_more_traffic_that_is_handled_is_no_fault(stage: Stage) -> None:
    dice = random.Random(5)
    series = {
        Measure("web", "requests", ""): tuple(
            minutes(lambda n: (300 if n >= -1 else 100) + dice.uniform(0, 5))
        ),
        Measure("web", "latency", "p90"): tuple(minutes(lambda _: 0.2 + dice.uniform(0, 0.02))),
        Measure("web", "cpu", ""): tuple(
            minutes(lambda n: (0.6 if n >= -1 else 0.2) + dice.uniform(0, 0.01))
        ),
        Measure("db", "latency", "p90"): tuple(minutes(lambda _: 0.01 + dice.uniform(0, 0.001))),
    }
    name = "TrafficSpike"
    one = alert(title=name, expression=None, labels={"alertname": name, "service": "web"})
    heard = await stage.play(RecordedCase("peak", START, (one,), Recording(series), HEALTHY))
    assert heard.causes == (), heard.summary
    assert "there is more to do than usual, and it is done" in heard.summary


async def test_red_herrings_of_a_cluster_are_named_as_no_cause(stage: Stage) -> None:
    pods = (
        "NAME                        READY   STATUS      RESTARTS      AGE\n"
        f"{WEB}        1/1     Running     3 (5d ago)    9d\n"
        "report-28734-x2x4z          0/1     Completed   0             2d"
    )
    old = f"3d    Warning   Unhealthy   pod/{WEB}   Liveness probe failed: HTTP 500"
    answers = (got("pods", pods), events(old), logs(WEB, "GET / 200"))
    one = alert(expression=None)
    truth = Truth(healthy=True, red_herrings=(WEB, "report-28734-x2x4z", "Unhealthy"))
    heard = await stage.play(RecordedCase("herrings", START, (one,), Recording({}, answers=answers), truth))
    assert heard.causes == ()
    assert all(scored(heard).herrings), heard.summary
    assert heard.summary.count("that is not the cause") == 3


async def test_trouble_in_another_namespace_that_nothing_points_at_is_no_cause(stage: Stage) -> None:
    everywhere = RecordedCall(
        tool="kubernetes.get",
        params={"resource": "pods"},
        output="NAMESPACE   NAME                    READY   STATUS             RESTARTS   AGE\n"
        f"{NAMESPACE}        {WEB}   1/1     Running            0          9d\n"
        "batch       sums-5c689d88bb-abcde   0/1     CrashLoopBackOff   9          9d",
    )
    one = alert(expression=None, labels={"alertname": "Slow", "service": "web", "namespace": NAMESPACE})
    heard = await stage.play(
        RecordedCase("elsewhere", START, (one,), Recording({}, answers=(everywhere,)), HEALTHY)
    )
    assert heard.causes == ()
