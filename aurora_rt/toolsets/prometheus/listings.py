"""The tools that list what the metrics server knows: rules, targets, alerts."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.metrics import (
    FiringAlert,
    FiringAlerts,
    Rule,
    Rules,
    Target,
    Targets,
)
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.prometheus.answers import (
    ActiveAlerts,
    ActiveTargets,
    Answer,
    RuleGroups,
    RuleShape,
    TargetShape,
)
from aurora_rt.toolsets.prometheus.client import configured
from aurora_rt.toolsets.prometheus.texts import word
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

KEPT: Final = 1000
TEXT_LIMIT: Final = 500


class RulesParameters(Parameters):
    """Which rules to list."""

    name: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    """The name of an alert; by default all."""


async def rules(parameters: RulesParameters, access: Access) -> Seen:
    """List alerting rules."""
    server = configured(access.settings)
    asked = {"type": "alert"} | ({"rule_name[]": parameters.name} if parameters.name else {})
    call = _call(server, "/api/v1/rules", asked)
    answer = await ask(server, access.http, call, Answer[RuleGroups])
    alerting = [rule for group in answer.data.groups for rule in group.rules if rule.type == "alerting"]
    # Servers that are older than the filter by name send all.
    wanted = [rule for rule in alerting if parameters.name in (None, rule.name)]
    facts = Rules(rules=tuple(_rule(rule) for rule in wanted[:KEPT]))
    if wanted:
        note = f"\n\n{len(wanted) - KEPT} more rules are not listed." if len(wanted) > KEPT else ""
        output = "\n\n".join("\n".join(_rule_lines(rule)) for rule in facts.rules) + note
    else:
        output = f"No alerting rule is called {parameters.name}." if parameters.name else "No alerting rules."
    return Seen(call.command, output, facts)


async def targets(_: Parameters, access: Access) -> Seen:
    """List what is scraped, what does not answer first."""
    server = configured(access.settings)
    call = _call(server, "/api/v1/targets", {"state": "active"})
    answer = await ask(server, access.http, call, Answer[ActiveTargets])
    found = sorted(answer.data.active_targets, key=lambda one: (one.health != "down", _job(one), _place(one)))
    facts = Targets(targets=tuple(_target(one) for one in found[:KEPT]))
    down = sum(one.health == "down" for one in found)
    rows = (
        (shape.health, one.job, one.instance, _moment(one.last_scrape_at), one.last_error)
        for shape, one in zip(found, facts.targets, strict=False)
    )
    heading = f"{len(found)} targets, {down} of them down\n"
    note = f"\n{len(found) - KEPT} more targets are not listed." if len(found) > KEPT else ""
    listed = table(("HEALTH", "JOB", "INSTANCE", "LAST SCRAPE (UTC)", "LAST ERROR"), rows)
    return Seen(call.command, heading + listed + note, facts)


async def alerts(_: Parameters, access: Access) -> Seen:
    """List the alerts that fire or are pending now."""
    server = configured(access.settings)
    call = _call(server, "/api/v1/alerts", {})
    answer = await ask(server, access.http, call, Answer[ActiveAlerts])
    found = sorted(
        answer.data.alerts, key=lambda one: (one.state != "firing", one.labels.get("alertname", ""))
    )
    facts = FiringAlerts(
        alerts=tuple(
            FiringAlert(
                name=one.labels.get("alertname", ""),
                labels=one.labels,
                state=one.state,
                active_since=_known(one.active_at),
            )
            for one in found[:KEPT]
        )
    )
    if not found:
        return Seen(call.command, "No alert fires or is pending.", facts)
    rows = ((one.state, _moment(one.active_since), one.name, _pairs(one.labels)) for one in facts.alerts)
    note = f"\n{len(found) - KEPT} more alerts are not listed." if len(found) > KEPT else ""
    return Seen(call.command, table(("STATE", "SINCE (UTC)", "ALERT", "LABELS"), rows) + note, facts)


def _call(server: Server, path: str, parameters: Mapping[str, str]) -> Call:
    url = server.url(path).copy_merge_params(parameters)
    return Call(path, parameters, f"curl -sg {word(str(url))}")


def _rule(shape: RuleShape) -> Rule:
    return Rule(
        name=shape.name,
        expression=redacted(shape.query),
        for_seconds=shape.duration,
        labels=shape.labels,
        annotations={name: redacted(text) for name, text in shape.annotations.items()},
        state=shape.state,
        health=shape.health,
        last_error=redacted(one_line(shape.last_error, TEXT_LIMIT)),
    )


def _rule_lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.name} ({', '.join(one for one in (rule.state, rule.health) if one) or 'state unknown'})"
    yield f"  expression: {one_line(rule.expression, 10 * TEXT_LIMIT)}"
    yield f"  for: {rule.for_seconds:g} s"
    if rule.labels:
        yield f"  labels: {_pairs(rule.labels)}"
    for name, text in rule.annotations.items():
        yield f"  {name}: {one_line(text, TEXT_LIMIT)}"
    if rule.last_error:
        yield f"  last error: {rule.last_error}"


def _target(shape: TargetShape) -> Target:
    return Target(
        job=_job(shape),
        instance=_place(shape),
        up=shape.health != "down",  # not yet scraped is not known to be down
        last_error=redacted(one_line(shape.last_error, TEXT_LIMIT)),
        last_scrape_at=_known(shape.last_scrape),
    )


def _job(shape: TargetShape) -> str:
    return shape.labels.get("job") or shape.scrape_pool


def _place(shape: TargetShape) -> str:
    return shape.labels.get("instance") or redacted(shape.scrape_url)


def _known(moment: datetime | None) -> datetime | None:
    """Go's zero time, the year 1, means never."""
    return None if moment is None or moment.year == 1 else moment


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"


def _pairs(labels: Mapping[str, str]) -> str:
    return one_line(", ".join(f'{name}="{text}"' for name, text in sorted(labels.items())), TEXT_LIMIT)
