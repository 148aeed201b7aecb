"""Which series to keep where there are more than fit, and what of them are facts. Pure."""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aurora_rt.toolsets.facts import Series
from aurora_rt.toolsets.prometheus.answers import Matrix, Result, Sample, Scalar, Text, Vector

NAME: Final = "__name__"
SELDOM: Final = ("go_", "promhttp_", "python_gc_", "scrape_")
"""Metrics about the exporter more than about what it exports: asked for last."""


def finite(result: Result) -> list[Series]:
    """The series of an answer with their finite samples; a series without any is left out."""
    match result:
        case Vector():
            found = [_series(one.metric, [one.value] if one.value else []) for one in result.result]
        case Matrix():
            found = [_series(one.metric, one.values) for one in result.result]
        case Scalar():
            found = [_series({}, [result.result])]
        case Text():
            found = []
    return [one for one in found if one.points]


def _series(labels: Mapping[str, str], samples: Iterable[Sample]) -> Series:
    # constructed unchecked: the samples were validated when the answer was read, and there may be 100,000 of them
    return Series.model_construct(
        labels=labels, points=tuple(sample for sample in samples if math.isfinite(sample[1]))
    )


def most_telling(series: Sequence[Series], limit: int) -> list[Series]:
    """At most `limit` series: those that move most, of every metric in turn, then those that stand still.

    In turn, because one metric with a series for each core would push out all others.
    """
    if len(series) <= limit:
        return list(series)
    by_metric: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
    for n, one in enumerate(series):
        by_metric[one.labels.get(NAME, "")].append((_movement(one), n))
    order = [
        (moves == 0, turn, -moves, n)
        for of_metric in by_metric.values()
        for turn, (moves, n) in enumerate(sorted(of_metric, key=lambda of: (-of[0], of[1])))
    ]
    return [series[n] for n in sorted(place[-1] for place in sorted(order)[:limit])]


def _movement(series: Series) -> float:
    """How far the samples spread, from 0 (constant) to 2 (as far below zero as above)."""
    values = [value for _, value in series.points]
    largest = max(abs(value) for value in values)
    return (max(values) / largest - min(values) / largest) if largest else 0.0


def within(labels: Iterable[Mapping[str, str]], most: int) -> list[str] | None:
    """The metrics to ask for so that there are at most `most` series; `None` when all of them fit.

    Metrics with few series come first: more different things are seen.
    """
    counts = Counter(of.get(NAME, "") for of in labels)
    if counts.total() <= most:
        return None
    chosen: list[str] = []
    room = most
    for name, count in sorted(counts.items(), key=lambda of: (of[0].startswith(SELDOM), of[1], of[0])):
        if count <= room:
            chosen.append(name)
            room -= count
    return chosen


def selector(matchers: str, names: Sequence[str] | None) -> str:
    """The PromQL selector of `matchers` (with or without braces), for the metrics `names` alone if given."""
    inner = matchers.strip().removeprefix("{").removesuffix("}").strip().rstrip(",")
    if names is None:
        return f"{{{inner}}}"
    pattern = "|".join(map(re.escape, names))
    return f"{{{inner},{NAME}=~{json.dumps(pattern, ensure_ascii=False)}}}"
