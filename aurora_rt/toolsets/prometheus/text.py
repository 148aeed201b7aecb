"""What people read of a metrics server's answers: real values, compact, times in UTC. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from aurora_rt.toolsets.facts import Series
from aurora_rt.toolsets.prometheus.series import NAME

SAMPLES: Final = 12
IN_FULL: Final = 50
"""Series up to which samples are listed too."""
DAY: Final = 86400


def series_text(
    series: Sequence[Series], *, step: float | None, total: int, notes: Sequence[str] = ()
) -> str:
    """The series of one answer; `total` is how many there were before some were left out."""
    if not series:
        return "\n".join(["No series with a finite value answer this.", *notes])
    common = _common(series)
    samples = SAMPLES if len(series) <= IN_FULL else 0
    shown = [_one(of, common, samples) for of in series]
    return "\n".join([_header(series, step, total), *_shared(common), *notes, "", *shown])


def labels_text(labels: Mapping[str, str], without: Mapping[str, str] | None = None) -> str:
    """A series as PromQL writes it, without the labels that are told elsewhere."""
    left = {name: value for name, value in labels.items() if name not in (without or {})}
    name = left.pop(NAME, "")
    inner = ", ".join(f'{label}="{value}"' for label, value in sorted(left.items()))
    return f"{name}{{{inner}}}" if inner or not name else name


def moment(at: datetime | float, *, day: bool = True) -> str:
    """A time in UTC, to the second."""
    value = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S" if day else "%H:%M:%S")


def _header(series: Sequence[Series], step: float | None, total: int) -> str:
    count = f"{total} series" if total == len(series) else f"{len(series)} of {total} series"
    first = min(of.points[0][0] for of in series)
    last = max(of.points[-1][0] for of in series)
    if step is None:
        when = f"at {moment(last)}" if first == last else f"{moment(first)} to {moment(last)}"
        return f"{count}, {when} UTC"
    return f"{count}, {moment(first)} to {moment(last)} UTC, a sample every {step:g} s"


def _common(series: Sequence[Series]) -> dict[str, str]:
    if len(series) == 1:
        return {}
    shared = set(series[0].labels.items())
    for of in series[1:]:
        shared &= of.labels.items()
    return dict(sorted(shared))


def _shared(common: Mapping[str, str]) -> list[str]:
    return [f"all of them: {labels_text(common)}"] if common else []


def _one(series: Series, common: Mapping[str, str], samples: int) -> str:
    name, points = labels_text(series.labels, common), series.points
    if len(points) == 1:
        return f"{name}  {points[0][1]:.6g}"
    values = [value for _, value in points]
    mean = sum(value / len(values) for value in values)
    line = f"{name}  last {values[-1]:.6g}, min {min(values):.6g}, max {max(values):.6g}, mean {mean:.6g}"
    return f"{line}\n  {_samples(points, samples)}" if samples else line


def _samples(points: Sequence[tuple[float, float]], count: int) -> str:
    """Evenly spread samples, the first and the last among them."""
    count = min(count, len(points))
    places = [round(n * (len(points) - 1) / (count - 1)) for n in range(count)]
    day = points[-1][0] - points[0][0] >= DAY
    return " | ".join(f"{moment(points[n][0], day=day)} {points[n][1]:.6g}" for n in places)
