"""Alerts of one cause are put together and others are not, by pairs, on sets that nothing was tuned on."""

from collections.abc import Callable

from alerts.correlation_score import HELD_OUT, Score, pairs, placed, run, shuffled
from alerts.correlation_set import made

from aurora_rt.alerts.correlation.service_map import ServiceMap

LATE = 300.0
MOVED = 0.12
"""The share of pairs that another order may change; `aurora_rt.alerts.correlation` promises it."""


def test_every_set_has_hundreds_of_alerts_of_dozens_of_causes_from_several_vendors() -> None:
    one = made(HELD_OUT[0])
    assert len(one.told) >= 300
    assert len({told.cause for told in one.told}) >= 40
    assert len({told.alert.source for told in one.told}) >= 6
    assert len({told.kind for told in one.told}) >= 10
    assert any(not told.alert.service for told in one.told)
    assert any(not told.alert.environment for told in one.told)


def test_pairs_of_one_cause_are_found_and_others_are_left_alone(
    record_property: Callable[[str, object], None],
) -> None:
    score = run(HELD_OUT)
    record_property("correlation", str(score))
    assert score.precision >= 0.95, score
    assert score.recall >= 0.90, score


def test_without_a_service_map_less_is_found_but_hardly_anything_wrong() -> None:
    score = run(HELD_OUT[:5], known=False)
    assert score.precision >= 0.95, score
    assert score.recall >= 0.35, score


def test_alerts_that_come_late_and_in_another_order_change_a_bounded_share_of_the_pairs() -> None:
    both, either = 0, 0
    for seed in HELD_OUT[:5]:
        one = made(seed)
        service_map = ServiceMap(one.calls)
        in_order = dict(zip(map(id, one.told), placed(one.told, service_map), strict=True))
        late = shuffled(one.told, seed, LATE)
        out_of_order = placed(late, service_map)
        shared = pairs([(in_order[id(told)], where) for told, where in zip(late, out_of_order, strict=True)])
        both += shared
        either += pairs(in_order.values()) + pairs(out_of_order) - shared
    assert 1 - both / either <= MOVED, f"{1 - both / either:.3f} of the pairs changed"


def test_the_score_counts_pairs() -> None:
    assert str(Score(together=4, belong=5, right=4)) == "precision 1.000  recall 0.800  (5 pairs)"
