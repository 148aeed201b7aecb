"""Whether a system's trouble is over, or is more to do that is done all the same. Pure."""

from collections.abc import Mapping
from typing import Final

from aurora_rt.investigation.builtin.findings.departure import inverted
from aurora_rt.investigation.builtin.findings.finding import Calm
from aurora_rt.investigation.builtin.findings.origins import is_quiet
from aurora_rt.investigation.builtin.findings.standing import Board, Seen
from aurora_rt.investigation.builtin.wording import clock, code, from_unix, plain

BACK: Final = 0.2
"""What may be left of how far a measurement went for it to be back."""
SETTLED: Final = 3
"""Samples that must be back."""


def calm_of(found: Board, about: Mapping[str, Seen], anchor: float, cite: str) -> tuple[Calm, ...]:
    """What speaks against an active fault, by the measurements of the place that alerts."""
    root = about.get(found.root or "")
    if root is None:
        return ()
    return (*_recovered(root, anchor, cite), *_handled(found, cite))


def _recovered(root: Seen, anchor: float, cite: str) -> tuple[Calm, ...]:
    since = _back_since(root, anchor) if root.out else None
    if since is None:
        return ()
    name = code(f"{root.measured.metric} {root.measured.statistic}".strip(), 80)
    usual = plain(root.change.shown)
    said = f"{name} of {code(root.measured.node, 120)} has been back at about its usual {usual}"
    return (Calm("recovered", f"{said} since {clock(from_unix(since))} {cite}."),)


def _back_since(root: Seen, anchor: float) -> float | None:
    """The first sample from which on a measurement has been back at what is usual, if it is and it stayed so."""
    change, points = root.change, [point for point in root.measured.points if point[0] >= anchor]
    way = change.peak - change.before
    if inverted(root.measured) != (way < 0) or len(points) <= SETTLED:
        return None
    away = [n for n, (_, value) in enumerate(points) if (value - change.before) / way > BACK]
    first = away[-1] + 1 if away else len(points)
    return points[first][0] if len(points) - first >= SETTLED else None


def _handled(found: Board, cite: str) -> tuple[Calm, ...]:
    """More is asked than usual, and nobody answers slower or with more errors."""
    entry = next((one for one in found.places.values() if one.more is not None and one.traffic > 0), None)
    if entry is None or entry.more is None:
        return ()
    if not is_quiet(found):
        return ()
    name = code(f"{entry.more.measured.metric} {entry.more.measured.statistic}".strip(), 80)
    grew = f"rose from {plain(entry.more.change.shown)} to {plain(entry.more.change.highest)}"
    said = f"More is asked of {code(entry.node, 120)}: {name} {grew}"
    return (Calm("handled", f"{said}, while answers and errors of all places are as usual {cite}."),)
