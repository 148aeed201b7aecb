"""What was changed before the alert: the closer in time and place, the likelier that it did it. Pure.

A change alone is no proof. It weighs most where the place that was changed shows symptoms, too: `with_changes`.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding
from aurora_rt.investigation.builtin.wording import capital, clock, code, counted, duration, foreign
from aurora_rt.toolsets.facts.changes import (
    Change,
    ChangeKind,
    Changes,
)

SHORTLY: Final = timedelta(minutes=15)
RECENTLY: Final = timedelta(hours=1)
LATE: Final = timedelta(minutes=-2)
"""An alert may be told a little before the change is."""
OF_OTHERS: Final = 4
"""Services that have nothing to do with the alert, as far as is known, whose changes are told."""

KINDS: Final[dict[ChangeKind, tuple[Kind, float, str]]] = {
    "deploy": ("bad_deploy", 1.0, "was deployed"),
    "rollback": ("bad_deploy", 0.9, "was rolled back"),
    "config": ("config_change", 1.0, "had its configuration changed"),
    "flag": ("config_change", 1.0, "had a flag switched"),
    "migration": ("config_change", 0.95, "had a migration run"),
    "scale": ("config_change", 0.7, "was scaled"),
    "merge": ("bad_deploy", 0.5, "got a merged change"),
    "commit": ("bad_deploy", 0.45, "got a commit"),
    "pipeline": ("bad_deploy", 0.35, "had a pipeline run"),
    "other": ("config_change", 0.7, "was changed"),
}
"""What a change is called as a cause, how likely its kind is to matter, and how it is told."""
SYMPTOMS: Final[frozenset[Kind]] = frozenset(
    {"error_rate", "latency", "metric_deviation", "crash", "target_down", "probe_failure"}
)
"""What a place suffers from, without saying why."""
LIFT: Final = 0.1
LIFTED: Final = 0.9
ENOUGH: Final = 0.36
"""A commit, which may not run anywhere yet, explains less."""


def changed(
    seen: Evidence[Changes], anchor: datetime, service: str, called: Set[str] = frozenset()
) -> Assessment:
    """A finding for each service that was changed before `anchor`.

    `service` is the alert's, `called` are those that it calls.
    """
    known = {_plain(one): (one, 1) for one in called} | ({_plain(service): (service, 0)} if service else {})
    by_service: defaultdict[tuple[str, int], list[Change]] = defaultdict(list)
    for change in seen.facts.changes:
        if change.at is None or anchor - change.at >= LATE:
            # Of whom it is not told is near as what is called is: not for sure the alert's, and not somebody else's.
            unnamed = (service or "?", 1)
            whose = known.get(_plain(change.service), (change.service, 2)) if change.service else unnamed
            by_service[whose].append(change)
    if not by_service:
        cleared = Cleared("general", f"Nothing is known to have been changed before the alert {seen.cite}.")
        return Assessment(cleared=(cleared,))
    found = [
        _finding(name, made, anchor, distance, seen.cite) for (name, distance), made in by_service.items()
    ]
    near = [one for one in found if one.role == "culprit"]
    others = sorted((one for one in found if one.role != "culprit"), key=lambda one: -one.strength)
    return Assessment(tuple(near + others[:OF_OTHERS]))


def with_changes(
    found: Sequence[Finding], weights: Mapping[int, float], anchor: datetime
) -> Mapping[int, float]:
    """The weights of findings about one place, where a change shortly before explains what it suffers from."""
    suffered = max((weights[n] for n, one in enumerate(found) if one.kind in SYMPTOMS), default=0.0)
    if not suffered:
        return weights
    return {
        n: max(weights[n], min(LIFTED, suffered + LIFT)) if _explains(one, anchor) else weights[n]
        for n, one in enumerate(found)
    }


def _explains(one: Finding, anchor: datetime) -> bool:
    """Whether a finding is a change of weight, and shortly before."""
    is_change = one.kind in ("bad_deploy", "config_change") and not one.on_host and one.began_at is not None
    return is_change and one.strength >= ENOUGH and LATE <= anchor - (one.began_at or anchor) <= SHORTLY


def _finding(service: str, made: Sequence[Change], anchor: datetime, distance: int, cite: str) -> Finding:
    best = max(made, key=lambda one: (_strength(one, anchor, distance), str(one.at)))
    kind, _, _ = KINDS[best.kind]
    strength = _strength(best, anchor, distance)
    near = distance < 2 and strength >= 0.3
    more = f"; {counted(len(made) - 1, 'more change')} before the alert" if len(made) > 1 else ""
    claim = f"{_told(service, best, anchor)}{more} {cite}."
    return Finding(
        kind,
        service,
        claim,
        strength,
        "culprit" if near else "clue",
        began_at=best.at,
        on_host=False,
        own=True,
    )


def _strength(change: Change, anchor: datetime, distance: int) -> float:
    """By time first; `distance` is 0 for the alert's service, 1 for what it calls, 2 for all others."""
    if change.at is None:
        base = (0.4, 0.35, 0.25)[distance]
    elif anchor - change.at <= SHORTLY:
        base = (0.7, 0.52, 0.42)[distance]
    elif anchor - change.at <= RECENTLY:
        base = (0.5, 0.4, 0.25)[distance]
    else:
        base = (0.28, 0.22, 0.15)[distance]
    return base * KINDS[change.kind][1]


def _told(service: str, change: Change, anchor: datetime) -> str:
    _, _, what = KINDS[change.kind]
    version = f" (version {code(change.version, 60)})" if change.version else ""
    by = f" by {foreign(change.by, 60)}" if change.by else ""
    failed = ", which failed," if change.failed else ""
    said = f": {code(change.text, 160)}" if change.text else ""
    return f"{capital(code(service, 80))} {what}{version}{by}{failed}{_lead(change, anchor)}{said}"


def _lead(change: Change, anchor: datetime) -> str:
    if change.at is None:
        return ""
    seconds = (anchor - change.at).total_seconds()
    if seconds < 60:
        return f" at {clock(change.at)}, as the alert began"
    return f" {duration(seconds)} before the alert, at {clock(change.at)}"


def _plain(name: str) -> str:
    """A service's name as it is without what is added to it in repositories and deployments."""
    last = name.lower().replace("_", "-").rpartition("/")[2]
    return re.sub(r"-?(?:service|svc|api|app|server|deployment|prod|production)$", "", last) or last
