"""What Alertmanager tells beside the alert: alerts that belong together, and silences that say that it was expected."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding
from aurora_rt.investigation.builtin.findings.targets import MOST_NAMED, same_alert, told_alert
from aurora_rt.investigation.builtin.wording import (
    clock,
    code,
    counted,
    day_and_clock,
    duration,
    foreign,
    joined,
)
from aurora_rt.toolsets.facts.alerting import Matcher, Silence, Silences
from aurora_rt.toolsets.facts.metrics import FiringAlerts

SHARED: Final = ("service", "instance", "pod", "node", "host", "namespace", "cluster", "job")
"""Labels that two alerts about one thing have in common, the most telling first."""
PLANNED: Final = "silence "
"""How the node of a silence begins that was there before the alert."""
VALUE_LIMIT: Final = 300


def related_alerts(seen: Evidence[FiringAlerts], labels: Mapping[str, str], anchor: datetime) -> Assessment:
    """Alerts that share labels with this one, and which of all of them began first."""
    others = [one for one in seen.facts.alerts if one.state == "firing" and not same_alert(one, labels)]
    if not others:
        return Assessment(cleared=(Cleared("general", f"No other alert fires {seen.cite}."),))
    close = [(one, shared) for one in others if (shared := _shared(one.labels, labels))]
    if not close:
        claim = (
            f"{counted(len(others), 'other alert')} fire, none about the same service or host {seen.cite}."
        )
        return Assessment(cleared=(Cleared("general", claim),))
    close.sort(key=lambda pair: (pair[0].active_since is None, str(pair[0].active_since), pair[0].name))
    first = close[0][0]
    shared = list(dict.fromkeys(label for _, labels_shared in close for label in labels_shared))[:MOST_NAMED]
    told = joined([told_alert(one) for one, _ in close[:MOST_NAMED]])
    more = f" and {len(close) - MOST_NAMED} more" if len(close) > MOST_NAMED else ""
    before = ""
    if first.active_since is not None and first.active_since < anchor:
        ago = duration((anchor - first.active_since).total_seconds())
        before = f"; {foreign(first.name, 60)} began first, {ago} before this one"
    claim = f"Alerts that share {joined(shared, 'or')} with this one: {told}{more}{before} {seen.cite}."
    began = first.active_since if first.active_since and first.active_since <= anchor else None
    return Assessment(
        (Finding("metric_deviation", "other alerts", claim, 0.25, "clue", began_at=began, on_host=False),)
    )


def silenced(seen: Evidence[Silences], labels: Mapping[str, str], anchor: datetime) -> Assessment:
    """Silences that cover the alert: of kind `none` when they were there before it, which is to say, planned."""
    covering = [one for one in seen.facts.silences if covers(one, labels)]
    if not covering:
        return Assessment(cleared=(Cleared("general", f"No silence covers this alert {seen.cite}."),))
    return Assessment(tuple(_silenced(one, anchor, seen.cite) for one in covering[:MOST_NAMED]))


def covers(silence: Silence, labels: Mapping[str, str]) -> bool:
    """Whether a silence is about alerts with `labels`; one without matchers covers nothing."""
    return bool(silence.matchers) and all(
        _matches(one, labels.get(one.label, "")) for one in silence.matchers
    )


def _matches(matcher: Matcher, value: str) -> bool:
    """As Alertmanager has it: a pattern must fit the whole value, a label that is missing is empty."""
    if not matcher.regex:
        return (value == matcher.value) is matcher.equal
    try:
        fits = re.fullmatch(matcher.value, value[:VALUE_LIMIT]) is not None
    except re.error:  # Go's syntax is a little wider than ours
        return False
    return fits is matcher.equal


def _silenced(silence: Silence, anchor: datetime, cite: str) -> Finding:
    who = f" by {foreign(silence.created_by, 60)}" if silence.created_by else ""
    why = f": {code(silence.comment, 160)}" if silence.comment else ""
    until = f"from {day_and_clock(silence.starts_at)} until {day_and_clock(silence.ends_at)}"
    node = f"{PLANNED}{silence.id[:8]}"
    if silence.starts_at <= anchor <= silence.ends_at:
        claim = f"This alert was expected: it is silenced{who} {until}{why} {cite}."
        return Finding("none", node, claim, 0.2, "clue", began_at=silence.starts_at, on_host=False)
    if silence.starts_at > anchor:
        claim = f"Somebody knows of it: the alert was silenced{who} after it began, {until}{why} {cite}."
    else:
        ended = clock(silence.ends_at)
        claim = f"A silence{who} that covered this alert ended before it began, at {ended}{why} {cite}."
    return Finding("config_change", f"later {node}", claim, 0.2, "clue", on_host=False)


def _shared(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Labels with the same value, as they are told."""
    return [
        f"{name} {code(one[name], 60)}" for name in SHARED if one.get(name) and one[name] == other.get(name)
    ]


def is_planned(finding: Finding) -> bool:
    """Whether a finding says that the alert was expected, because it was silenced before it began."""
    return finding.kind == "none" and finding.node.startswith(PLANNED)
