"""Which scrape targets do not answer, and what else fires."""

from collections.abc import Mapping
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Calm, Cleared, Finding, Subject
from aurora_rt.investigation.builtin.wording import clock, code, foreign, joined
from aurora_rt.toolsets.facts.metrics import (
    FiringAlert,
    FiringAlerts,
    Rules,
    Target,
    Targets,
)

MOST_NAMED: Final = 4


def targets(seen: Evidence[Targets], labels: Mapping[str, str]) -> Assessment:
    """Targets that are down, the ones that the alert's labels name first."""
    down = [target for target in seen.facts.targets if not target.up]
    if not down:
        count = len(seen.facts.targets)
        all_up = f"{count} of {count} scrape targets answer" if count else "No target is scraped"
        return Assessment(cleared=(Cleared("availability", f"{all_up} {seen.cite}."),))
    down.sort(key=lambda target: (not named_by(labels, target), target.job, target.instance))
    return Assessment(tuple(_down(seen, target, named_by(labels, target)) for target in down[:MOST_NAMED]))


def named_by(labels: Mapping[str, str], target: Target) -> bool:
    """Whether the alert is about this target."""
    if "instance" in labels:
        return labels["instance"] == target.instance and labels.get("job", target.job) == target.job
    return labels.get("job") == target.job


def other_alerts(seen: Evidence[FiringAlerts], labels: Mapping[str, str]) -> Assessment:
    """What fires beside the alert that is looked into."""
    others = [
        alert for alert in seen.facts.alerts if alert.state == "firing" and not same_alert(alert, labels)
    ]
    if not others:
        return Assessment(cleared=(Cleared("general", f"No other alert fires {seen.cite}."),))
    others.sort(key=lambda alert: (alert.active_since is None, str(alert.active_since), alert.name))
    told = joined([told_alert(alert) for alert in others[:MOST_NAMED]])
    more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
    claim = f"Also firing: {told}{more} {seen.cite}."
    return Assessment((Finding("metric_deviation", "other alerts", claim, 0.2, "clue", on_host=False),))


def no_longer(
    seen: Evidence[FiringAlerts], rules: Evidence[Rules] | None, labels: Mapping[str, str]
) -> Assessment:
    """That the alert itself fires no more: the server has its rule, and finds that it does not hold."""
    known = rules is not None and any(
        rule.name == labels.get("alertname") and rule.state == "inactive" for rule in rules.facts.rules
    )
    if rules is None or not known or fires(seen, labels):
        return Assessment()
    said = f"The rule of {code(labels['alertname'], 80)} does not hold any more {seen.cite} {rules.cite}."
    return Assessment(calm=(Calm("resolved", said),))


def fires(seen: Evidence[FiringAlerts], labels: Mapping[str, str]) -> bool:
    """Whether the alert itself is among those that fire or are about to."""
    return any(same_alert(alert, labels) for alert in seen.facts.alerts)


def _down(seen: Evidence[Targets], target: Target, named: bool) -> Finding:
    reason = f": {code(target.last_error)}" if target.last_error else ""
    return Finding(
        "target_down",
        f"target {target.job} {target.instance}",
        f"Target {code(target.instance)} of job {code(target.job)} does not answer{reason} {seen.cite}.",
        0.95 if named else 0.5,
        subject=Subject(address=target.instance),
        began_at=None,
        on_host=False,
    )


def same_alert(alert: FiringAlert, labels: Mapping[str, str]) -> bool:
    """Whether this is the alert that has `labels`."""
    wanted = labels.get("alertname", "")
    return alert.name == wanted and all(
        labels.get(name, value) == value for name, value in alert.labels.items()
    )


def told_alert(alert: FiringAlert) -> str:
    """An alert in short: its name, where and since when."""
    where = alert.labels.get("instance") or alert.labels.get("service") or alert.labels.get("job") or ""
    on = f" on {foreign(where, 60)}" if where else ""
    since = f" since {clock(alert.active_since)}" if alert.active_since else ""
    return f"{foreign(alert.name, 60)}{on}{since}"
