"""Which moments are asked for, and how series read."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from aurora_rt.clock import now
from aurora_rt.toolsets.facts.metrics import (
    Series,
    SeriesSet,
)
from aurora_rt.toolsets.prometheus.texts import name_of, number, range_text
from aurora_rt.toolsets.prometheus.times import MOST_POINTS, POINTS, Grid, Step, closer, grid, step_for

SPANS = st.floats(1, 400 * 86400)


@given(SPANS, st.integers(2, 500))
def test_a_step_gives_no_more_samples_than_asked_for(seconds: float, points: int) -> None:
    step = step_for(seconds, points)
    assert step >= 1
    assert seconds / step <= points


@given(SPANS, st.one_of(st.none(), st.floats(1, 86400)))
def test_a_grid_ends_where_it_should_and_is_never_too_fine(seconds: float, step: float | None) -> None:
    end = now() - timedelta(seconds=1)
    asked = grid(end - timedelta(seconds=seconds), end, step=step)
    assert asked.end == end.timestamp()
    assert end.timestamp() - seconds - 0.01 <= asked.start <= asked.end
    assert (asked.end - asked.start) / asked.step <= (POINTS if step is None else MOST_POINTS) + 0.01
    steps = (asked.end - asked.start) / asked.step
    assert steps == pytest.approx(round(steps), abs=1e-3)


@given(st.floats(0, 1))
def test_young_series_get_a_finer_grid_that_still_holds_all_their_samples(age: float) -> None:
    whole = Grid(0.0, 7800.0, 60.0)
    first = whole.end * (1 - age)
    finer = closer(whole, first)
    if age > 0.5:
        assert finer is None
    elif age < 0.4:
        assert finer is not None
        assert finer.step < whole.step
        assert finer.start <= first
        assert (finer.end - finer.start) / finer.step <= POINTS


@pytest.mark.parametrize(
    ("said", "seconds"), [("30s", 30), ("5m", 300), ("1h30m", 5400), ("15", 15), (2.5, 2.5)]
)
def test_a_step_may_be_said_as_promql_does(said: object, seconds: float) -> None:
    assert TypeAdapter(Step).validate_python(said) == seconds


@pytest.mark.parametrize("said", ["", "m", "-5s", "5 minutes", "nan", "inf", 0.1])
def test_a_step_that_is_none_is_refused(said: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Step).validate_python(said)


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.0, "3"), (0.30000001, "0.3"), (1234567.0, "1234567"), (-0.5, "-0.5"), (1e300, "1e+300")],
)
def test_values_are_written_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text


def test_a_series_reads_with_what_it_was_before_and_since_the_alert() -> None:
    start = 1772373600.0  # 2026-03-01 14:00:00 UTC
    points = tuple((start + 60 * n, 0.5 if n < 60 else 4.0) for n in range(120))
    series = Series(labels={"__name__": "load", "host": "web-1"}, points=points)
    facts = SeriesSet(query="load", step=60, series=(series,), truncated=False)
    text = range_text(facts, Grid(start, start + 7140, 60), start + 3600, 1, ["a warning"])
    assert text.startswith(
        "1 series, 2026-03-01 14:00:00 to 2026-03-01 15:59:00 UTC, one sample every 60 s; the alert began at 15:00:00"
    )
    assert "The server warns: a warning" in text
    assert 'load{host="web-1"}' in text
    assert "last 4, min 0.5 at 14:00:00, max 4 at 15:00:00, mean 2.25, 120 samples" in text
    assert "median before the alert 0.5, since 4" in text
    assert text.splitlines()[-1].count(",") == 11


def test_a_label_cannot_break_the_line_that_shows_it() -> None:
    assert name_of(Series(labels={"a": "one\ntwo\x1b[2J" + "x" * 1000}, points=())).startswith('{a="one two')
    assert len(name_of(Series(labels={"a": "x" * 1000}, points=()))) == 300


def test_many_series_get_a_line_each_and_their_common_labels_are_told_once() -> None:
    series = tuple(
        Series(
            labels={"__name__": "load", "job": "node", "host": f"web-{n}"}, points=((0.0, 1.0), (60.0, 2.5))
        )
        for n in range(30)
    )
    facts = SeriesSet(query="load", step=60, series=series, truncated=False)
    text = range_text(facts, Grid(0, 60, 60), 60, 30, [])
    assert text.count('job="node"') == 1
    assert [line.split() for line in text.splitlines()[-30:]] == [
        ["1", "2.5", "1", "2.5", "2.5", f'load{{host="web-{n}"}}'] for n in range(30)
    ]
