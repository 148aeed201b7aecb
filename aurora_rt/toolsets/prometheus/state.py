"""The tools that ask what the metrics server itself knows: its rules, what it scrapes, what fires."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.toolsets.facts import FiringAlert, FiringAlerts, Rule, Rules, Target, Targets
from aurora_rt.toolsets.prometheus.answers import (
    ActiveAlerts,
    ActiveTargets,
    AlertShape,
    Answer,
    RuleGroups,
    RuleShape,
    TargetShape,
)
from aurora_rt.toolsets.prometheus.client import Call, ask, configured
from aurora_rt.toolsets.prometheus.text import labels_text, moment
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

MOST: Final = 500
"""Rules, targets or alerts that are kept; the broken and firing ones come first."""
STATES: Final = {"firing": 0, "pending": 1}


class RulesParameters(Parameters):
    """Which alerting rules."""

    name: Annotated[str, Field(max_length=500, description="The alert's name; unset: all rules.")] | None = (
        None
    )


async def rules(parameters: RulesParameters, access: Access) -> Seen:
    """Alerting rules, with their expressions."""
    call = Call("/api/v1/rules", {"type": "alert"}, "GET /api/v1/rules?type=alert")
    answer = await ask(configured(access.settings), access.http, call, Answer[RuleGroups])
    every = [rule for group in answer.data.groups for rule in group.rules if rule.type == "alerting"]
    wanted = [rule for rule in every if parameters.name is None or rule.name == parameters.name]
    found = [_rule(rule) for rule in sorted(wanted, key=lambda rule: STATES.get(rule.state, len(STATES)))]
    if not found and parameters.name is not None:
        output = f"None of the {len(every)} alerting rules here is named {parameters.name!r}."
    else:
        output = _listed("alerting rules", [_rule_text(rule) for rule in found])
    return Seen(call.command, output, Rules(rules=tuple(found[:MOST])))


async def targets(_: Parameters, access: Access) -> Seen:
    """What is scraped, those that do not answer first. Those that were never scraped yet are only in the text."""
    call = Call("/api/v1/targets", {"state": "active"}, "GET /api/v1/targets?state=active")
    answer = await ask(configured(access.settings), access.http, call, Answer[ActiveTargets])
    every = answer.data.active_targets
    found = sorted(
        (_target(of) for of in every if of.health != "unknown"), key=lambda of: (of.up, of.job, of.instance)
    )
    waiting = [f"not scraped yet: {labels_text(of.labels)}" for of in every if of.health == "unknown"]
    down = sum(not of.up for of in found)
    output = _listed("scrape targets", [*map(_target_text, found), *waiting], f", {down} of them down")
    return Seen(call.command, output, Targets(targets=tuple(found[:MOST])))


async def alerts(_: Parameters, access: Access) -> Seen:
    """Which alerts fire or are pending now, firing and oldest first."""
    call = Call("/api/v1/alerts", {}, "GET /api/v1/alerts")
    answer = await ask(configured(access.settings), access.http, call, Answer[ActiveAlerts])
    found = sorted(
        answer.data.alerts,
        key=lambda of: (
            STATES.get(of.state, len(STATES)),
            _real(of.active_at) or datetime.max.replace(tzinfo=UTC),
        ),
    )
    output = _listed("alerts that fire or are pending", [_alert_text(of) for of in found])
    return Seen(call.command, output, FiringAlerts(alerts=tuple(map(_alert, found[:MOST]))))


def _rule(rule: RuleShape) -> Rule:
    return Rule(
        name=rule.name,
        expression=rule.query,
        for_seconds=rule.duration,
        labels=rule.labels,
        annotations=rule.annotations,
        state=rule.state,
        health=rule.health,
        last_error=rule.last_error,
    )


def _target(target: TargetShape) -> Target:
    return Target(
        job=target.labels.get("job", target.scrape_pool),
        instance=target.labels.get("instance", target.scrape_url),
        up=target.health == "up",
        last_error=target.last_error,
        last_scrape_at=_real(target.last_scrape),
    )


def _alert(alert: AlertShape) -> FiringAlert:
    return FiringAlert(
        name=alert.labels.get("alertname", ""),
        labels=alert.labels,
        state=alert.state,
        active_since=_real(alert.active_at),
    )


def _rule_text(rule: Rule) -> str:
    error = f"\n  could not be evaluated: {rule.last_error}" if rule.last_error else ""
    held = f" for {rule.for_seconds:g} s" if rule.for_seconds else ""
    return f"{rule.name} ({rule.state or 'state unknown'}): {rule.expression}{held}{error}"


def _target_text(target: Target) -> str:
    error = f": {target.last_error}" if target.last_error else ""
    at = f", last scraped {moment(target.last_scrape_at)} UTC" if target.last_scrape_at else ""
    return f"{'up' if target.up else 'DOWN'}  {target.job}  {target.instance}{at}{error}"


def _alert_text(alert: AlertShape) -> str:
    since = _real(alert.active_at)
    when = f" since {moment(since)} UTC" if since else ""
    value = f", value {alert.value}" if alert.value else ""
    return f"{alert.state}{when}{value}: {labels_text(alert.labels)}"


def _listed(what: str, lines: list[str], more: str = "") -> str:
    if not lines:
        return f"There are no {what}."
    left = [f"… and {len(lines) - MOST} more"] if len(lines) > MOST else []
    return "\n".join([f"{len(lines)} {what}{more}:", *lines[:MOST], *left])


def _real(at: datetime | None) -> datetime | None:
    """A time in UTC; Go's zero time, the year 1, is none."""
    if at is None or at.year <= 1:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
