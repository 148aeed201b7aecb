"""Series as text for people: what they are, how far they went, and some of their samples. Pure."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from statistics import fmean, median
from typing import Final

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.facts.metrics import (
    Series,
    SeriesSet,
)
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.prometheus.times import Grid
from aurora_rt.toolsets.tables import table

SAMPLES: Final = 12
AT_LENGTH: Final = 20
"""Up to so many series are shown with samples; more, with one line each."""
NAME_LIMIT: Final = 300

word = shlex.quote


def number(value: float) -> str:
    """A sample's value: whole numbers whole, others with six significant digits."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.6g}"


def name_of(series: Series, without: frozenset[str] = frozenset({"__name__"})) -> str:
    """A series as PromQL writes it: `up{instance="h:9090",job="node"}`; `without` are labels told elsewhere."""
    labels = ",".join(
        f'{name}="{value}"' for name, value in sorted(series.labels.items()) if name not in without
    )
    name = series.labels.get("__name__", "")
    return one_line(f"{name}{{{labels}}}" if labels or not name else name, NAME_LIMIT)


def range_command(address: str, query: str, asked: Grid) -> str:
    """What to type to see the same."""
    start, end = (rfc3339(datetime.fromtimestamp(at, UTC)) for at in (asked.start, asked.end))
    times = f"--start={start} --end={end} --step={asked.step:g}s"
    return f"promtool query range {times} {word(address)} {word(query)}"


def instant_text(facts: SeriesSet, at: float, found: int, warnings: Sequence[str]) -> str:
    """The answer to an instant query."""
    lines = [f"{_counted(found, facts)} at {_day(at)} {_clock(at)} UTC", *_notes(facts, found, warnings), ""]
    for one in facts.series:
        values = ", ".join(
            number(value) if when == at else f"{number(value)} at {_clock(when)}"
            for when, value in one.points[-SAMPLES:]
        )
        lines.append(f"{name_of(one)}  {values or 'no number'}")
    return "\n".join(lines).rstrip()


def range_text(facts: SeriesSet, asked: Grid, anchor: float, found: int, warnings: Sequence[str]) -> str:
    """The answer to a range query. `anchor` is when the alert began, in Unix seconds."""
    span = f"{_day(asked.start)} {_clock(asked.start)} to {_day(asked.end)} {_clock(asked.end)} UTC"
    head = [
        f"{_counted(found, facts)}, {span}, one sample every {asked.step:g} s; the alert began at "
        f"{_clock(anchor)}",
        *_notes(facts, found, warnings),
    ]
    if len(facts.series) > AT_LENGTH:
        return "\n".join([*head, "", _overview(facts.series, anchor)])
    return "\n\n".join(["\n".join(head), *("\n".join(_at_length(one, anchor)) for one in facts.series)])


def _at_length(one: Series, anchor: float) -> Iterator[str]:
    yield name_of(one)
    if not one.points:
        yield "  no number in this time"
        return
    values = [value for _, value in one.points]
    low = min(one.points, key=lambda point: point[1])
    high = max(one.points, key=lambda point: point[1])
    yield (
        f"  last {number(values[-1])}, min {number(low[1])} at {_clock(low[0])}, max {number(high[1])} at "
        f"{_clock(high[0])}, mean {number(fmean(values))}, {len(values)} samples"
    )
    before, since = _halves(one, anchor)
    if before and since:
        yield f"  median before the alert {number(median(before))}, since {number(median(since))}"
    yield "  " + ", ".join(f"{_clock(at)} {number(value)}" for at, value in _some(one.points))


def _overview(series: Sequence[Series], anchor: float) -> str:
    """One line for each series; medians before and since the alert. Labels that all have are told once."""
    first, *others = series
    shared = {
        name: value
        for name, value in first.labels.items()
        if name != "__name__" and all(one.labels.get(name) == value for one in others)
    }
    told = frozenset({"__name__", *shared})
    heading = f"all with {name_of(Series(labels=shared, points=()))}\n" if shared else ""
    return heading + table(
        ("BEFORE", "SINCE", "MIN", "MAX", "LAST", "SERIES"),
        ([*_figures(one, anchor), name_of(one, told)] for one in series),
    )


def _figures(one: Series, anchor: float) -> list[str]:
    before, since = _halves(one, anchor)
    values = [value for _, value in one.points]
    if not values:
        return ["-"] * 5
    medians = [number(median(half)) if half else "-" for half in (before, since)]
    return [*medians, number(min(values)), number(max(values)), number(values[-1])]


def _halves(one: Series, anchor: float) -> tuple[list[float], list[float]]:
    before = [value for at, value in one.points if at < anchor]
    return before, [value for at, value in one.points if at >= anchor]


def _some(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Evenly spaced samples, the first and the last among them."""
    if len(points) <= SAMPLES:
        return list(points)
    last = len(points) - 1
    return [points[round(n * last / (SAMPLES - 1))] for n in range(SAMPLES)]


def _counted(found: int, facts: SeriesSet) -> str:
    if not found:
        return "No series"
    return f"{len(facts.series)} of {found} series" if facts.truncated else f"{found} series"


def _notes(facts: SeriesSet, found: int, warnings: Sequence[str]) -> list[str]:
    notes = [f"The server warns: {one_line(warning, NAME_LIMIT)}" for warning in warnings]
    if facts.truncated:
        notes.append(f"{found - len(facts.series)} series were left out, those that did not change first.")
    return notes


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}"
