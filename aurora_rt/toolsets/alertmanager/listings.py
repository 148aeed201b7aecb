"""The tools that list what Alertmanager knows: alerts, silences."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import httpx

from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings
from aurora_rt.toolsets.alertmanager.answers import AlertShape, SilenceShape
from aurora_rt.toolsets.alertmanager.client import configured
from aurora_rt.toolsets.facts.alerting import Matcher, Silence, Silences
from aurora_rt.toolsets.facts.metrics import FiringAlert, FiringAlerts
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.servers import Call, Server, ask
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

KEPT: Final = 1000
TEXT_LIMIT: Final = 300
EVERY: Final = {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"}


async def alerts(_: Parameters, access: Access) -> Seen:
    """List the alerts that have not been resolved, those that are told to people first, in the order of time."""
    server = configured(access.settings)
    command = f"amtool alert query --alertmanager.url={server.address} --silenced --inhibited --active"
    found = await ask(server, access.http, Call("/api/v2/alerts", EVERY, command), tuple[AlertShape, ...])
    told = sorted(map(_alert, found), key=lambda one: (one.state != "firing", str(one.active_since)))
    facts = FiringAlerts(alerts=tuple(told[:KEPT]))
    if not told:
        return Seen(command, "Alertmanager knows of no alert.", facts)
    rows = ((one.state, _moment(one.active_since), one.name, _pairs(one.labels)) for one in facts.alerts)
    note = f"\n{len(told) - KEPT} more alerts are not listed." if len(told) > KEPT else ""
    return Seen(command, table(("STATE", "SINCE (UTC)", "ALERT", "LABELS"), rows) + note, facts)


async def every_silence(settings: Settings, http: httpx.AsyncClient) -> tuple[SilenceShape, ...]:
    """The silences that Alertmanager knows, those that are over included. Raises `ToolFailed`."""
    server = configured(settings)
    return await ask(server, http, _silences_call(server), tuple[SilenceShape, ...])


async def silences(_: Parameters, access: Access) -> Seen:
    """List the silences that were in force within the incident's window."""
    call = _silences_call(configured(access.settings))
    command = call.command
    found = await every_silence(access.settings, access.http)
    window = access.window
    inside = [one for one in found if one.starts_at <= window.end and one.ends_at >= window.start]
    inside.sort(key=lambda one: one.starts_at, reverse=True)
    facts = Silences(silences=tuple(map(_silence, inside[:KEPT])))
    if not inside:
        return Seen(command, "No silence was in force within the window.", facts)
    rows = (
        (
            one.id,
            one.state,
            _moment(one.starts_at),
            _moment(one.ends_at),
            one.created_by,
            _wanted(one),
            one.comment,
        )
        for one in facts.silences
    )
    heading = ("ID", "STATE", "FROM (UTC)", "UNTIL (UTC)", "BY", "ALERTS WITH", "WHY")
    note = f"\n{len(inside) - KEPT} more silences are not listed." if len(inside) > KEPT else ""
    return Seen(command, table(heading, rows) + note, facts)


def _alert(shape: AlertShape) -> FiringAlert:
    status = shape.status
    state = "silenced" if status.silenced_by else "inhibited" if status.inhibited_by else "firing"
    return FiringAlert(
        name=shape.labels.get("alertname", ""),
        labels=shape.labels,
        state=state,
        active_since=shape.starts_at,
        silenced_by=status.silenced_by,
    )


def _silence(shape: SilenceShape) -> Silence:
    return Silence(
        id=shape.id,
        state=shape.status.state,
        matchers=tuple(
            Matcher(label=one.name, value=one.value, regex=one.is_regex, equal=one.is_equal)
            for one in shape.matchers
        ),
        starts_at=shape.starts_at,
        ends_at=shape.ends_at,
        created_by=one_line(shape.created_by, TEXT_LIMIT),
        comment=redacted(one_line(shape.comment, TEXT_LIMIT)),
    )


def _wanted(silence: Silence) -> str:
    signs = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}
    matchers = (f'{one.label}{signs[one.equal, one.regex]}"{one.value}"' for one in silence.matchers)
    return one_line(",".join(matchers), TEXT_LIMIT)


def _moment(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _pairs(labels: Mapping[str, str]) -> str:
    return one_line(", ".join(f'{name}="{text}"' for name, text in sorted(labels.items())), TEXT_LIMIT)


def _silences_call(server: Server) -> Call:
    command = f"amtool silence query --alertmanager.url={server.address} --output=extended"
    return Call("/api/v2/silences", {}, command)
