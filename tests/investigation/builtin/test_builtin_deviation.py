"""Robust scores of time series."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin.deviation import NOTABLE, deviation, per_second

ANCHOR = 100_000.0
VALUES = st.lists(st.integers(-(10**6), 10**6), min_size=30, max_size=60)


def series(values: list[float], step: float = 60.0) -> list[tuple[float, float]]:
    """Samples whose last fifth lies after the anchor."""
    start = ANCHOR - step * (len(values) * 4 // 5)
    return [(start + n * step, value) for n, value in enumerate(values)]


@given(VALUES, st.sampled_from([0.001, 0.5, 2.0, 1024.0]))
def test_the_unit_does_not_change_the_score(values: list[int], factor: float) -> None:
    one = deviation(series([float(value) for value in values]), ANCHOR)
    other = deviation(series([value * factor for value in values]), ANCHOR)
    assert one is not None
    assert other is not None
    assert other.score == pytest.approx(one.score, rel=1e-6)
    assert other.sigmas == pytest.approx(one.sigmas, rel=1e-6)
    assert other.onset == one.onset


@given(VALUES)
def test_a_fall_scores_like_the_rise_that_mirrors_it(values: list[int]) -> None:
    one = deviation(series([float(value) for value in values]), ANCHOR)
    other = deviation(series([-float(value) for value in values]), ANCHOR)
    assert one is not None
    assert other is not None
    assert other.score == pytest.approx(one.score)
    assert other.peak == -one.peak


@given(VALUES, st.integers(-(10**6), 10**6))
def test_when_it_happened_does_not_change_the_score(values: list[int], later: int) -> None:
    points = series([float(value) for value in values])
    one = deviation(points, ANCHOR)
    other = deviation([(at + later, value) for at, value in points], ANCHOR + later)
    assert one is not None
    assert other is not None
    assert other.score == one.score


@given(st.integers(0, 10**6), st.integers(30, 60))
def test_a_series_that_never_moves_scores_nothing(level: int, count: int) -> None:
    found = deviation(series([float(level)] * count), ANCHOR)
    assert found is not None
    assert found.score == 0
    assert found.onset is None
    assert found.factor == 1


def test_a_step_is_notable_and_its_onset_is_found() -> None:
    values = [1.0, 1.1, 0.9, 1.0] * 20 + [5.0] * 20
    points = series(values)
    found = deviation(points, ANCHOR)
    assert found is not None
    assert found.score > NOTABLE
    assert found.rose
    assert found.onset == points[80][0]


def test_one_stray_sample_does_not_count() -> None:
    values = [1.0, 1.1, 0.9, 1.0] * 25
    values[90] = 900.0
    found = deviation(series(values), ANCHOR)
    assert found is not None
    assert found.score < NOTABLE


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [1.0, 1.0, 1.0]])
def test_too_few_samples_say_nothing(values: list[float]) -> None:
    assert deviation(series(values), ANCHOR) is None


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=40))
def test_a_counter_becomes_a_rate_that_is_never_negative(increases: list[int]) -> None:
    total, points = 0, []
    for n, increase in enumerate(increases):
        total = increase if n % 7 == 6 else total + increase
        points.append((n * 15.0, float(total)))
    rates = per_second("http_requests_total", points)
    assert rates is not None
    assert len(rates) == len(points) - 1
    assert all(rate >= 0 for _, rate in rates)
    assert all(one[0] < other[0] for one, other in pairwise(rates))


def test_a_gauge_stays_as_it_is_and_what_is_no_measurement_is_left_out() -> None:
    points = [(0.0, 1.0), (15.0, 2.0)]
    assert per_second("node_load1", points) == points
    assert per_second("http_seconds_bucket", points) is None
    assert per_second("build_info", points) is None
