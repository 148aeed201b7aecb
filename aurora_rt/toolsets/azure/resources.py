"""How Azure says that resources are, the alerts that it fires, and what was changed."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.azure.client import Page, Part, azure_of
from aurora_rt.toolsets.clouds.lines import seen_lines
from aurora_rt.toolsets.clouds.listing import seen_resources
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.facts.cloud import CloudResource
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

_STATES: Final = {"Available": True, "Unavailable": False, "Degraded": False}
Moment = Annotated[datetime, AfterValidator(lambda at: at if at.tzinfo else at.replace(tzinfo=UTC))]


class _Availability(Part):
    state: str = Field("", alias="availabilityState")
    title: str = ""
    summary: str = ""
    reason: str | None = Field(None, alias="reasonType")
    occurred_at: Moment | None = Field(None, alias="occuredTime")  # spelt so by Azure


class _Status(Part):
    id: str
    properties: _Availability


class _Statuses(Page):
    value: tuple[_Status, ...]


class _Essentials(Part):
    severity: str = ""
    state: str = Field("", alias="monitorCondition")
    target: str = Field("", alias="targetResourceName")
    rule: str = Field("", alias="alertRule")
    description: str | None = None
    started_at: Moment | None = Field(None, alias="startDateTime")


class _AlertProperties(Part):
    essentials: _Essentials


class _Alert(Part):
    name: str = ""
    properties: _AlertProperties


class _Alerts(Page):
    value: tuple[_Alert, ...]


class _Text(Part):
    value: str = ""
    localized_value: str | None = None


class _Activity(Part):
    at: Moment = Field(alias="eventTimestamp")
    caller: str | None = None
    operation: _Text = Field(_Text(), alias="operationName")
    status: _Text = _Text()
    resource: str | None = Field(None, alias="resourceId")


class _Activities(Page):
    value: tuple[_Activity, ...]


async def resources(_parameters: Parameters, access: Access) -> Seen:
    """All resources that Azure knows the health of."""
    azure = azure_of(access)
    path = f"{azure.subscription}/providers/Microsoft.ResourceHealth/availabilityStatuses"
    command = f"az rest --method get --url https://management.azure.com{path}?api-version=2025-05-01"
    found, more = await azure.pages(Call(path, {"api-version": "2025-05-01"}, command), _Statuses)
    listed = [_resource(one) for page in found for one in page.value]
    return discreetly(seen_resources(command, "Azure", listed, truncated=more), azure.account.secrets)


async def alerts(_parameters: Parameters, access: Access) -> Seen:
    """Alerts of Azure Monitor that fire."""
    azure = azure_of(access)
    path = f"{azure.subscription}/providers/Microsoft.AlertsManagement/alerts"
    asked = {"api-version": "2019-03-01", "monitorCondition": "Fired", "timeRange": "1d"}
    command = (
        f"az rest --method get --url 'https://management.azure.com{path}?api-version=2019-03-01&"
        "monitorCondition=Fired&timeRange=1d'"
    )
    found, more = await azure.pages(Call(path, asked, command), _Alerts)
    listed = [_alert(one) for page in found for one in page.value]
    return discreetly(seen_resources(command, "Azure", listed, truncated=more), azure.account.secrets)


async def activity(_parameters: Parameters, access: Access) -> Seen:
    """What was changed within the window, and by whom."""
    azure, window = azure_of(access), access.window
    start, end = rfc3339(window.start), rfc3339(max(latest(window), window.start + timedelta(seconds=1)))
    path = f"{azure.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    asked = {
        "api-version": "2015-04-01",
        "$filter": f"eventTimestamp ge '{start}' and eventTimestamp le '{end}'",
    }
    command = f"az monitor activity-log list --start-time {start} --end-time {end}"
    found, more = await azure.pages(Call(path, asked, command), _Activities, 2)
    lines = [_change(one) for page in found for one in page.value]
    none = "Nothing was changed within the window."
    return discreetly(
        seen_lines(command, "Azure activity log", lines, none, truncated=more), azure.account.secrets
    )


def _resource(one: _Status) -> CloudResource:
    place = one.id.partition("/providers/Microsoft.ResourceHealth")[0].split("/")
    said = one.properties
    healthy = _STATES.get(said.state)
    told = (said.title, said.summary) if healthy is False else ()
    return CloudResource(
        sort=place[-2] if len(place) > 1 else "resource",
        name=place[-1],
        state=said.state + (f", {said.reason}" if said.reason else ""),
        # Who stops a machine of their own has no trouble with it.
        healthy=None
        if healthy is False and said.reason in ("Customer Initiated", "UserInitiated")
        else healthy,
        reason=": ".join(part for part in told if part),
        changed_at=said.occurred_at,
        also=tuple(place[place.index("resourceGroups") + 1 :][:1] if "resourceGroups" in place else ()),
    )


def _alert(one: _Alert) -> CloudResource:
    said = one.properties.essentials
    return CloudResource(
        sort="alarm",
        name=one.name or said.rule.rpartition("/")[2],
        state=f"{said.state}, {said.severity}",
        healthy=said.state != "Fired",
        reason=said.description or "",
        changed_at=said.started_at,
        also=(said.target,),
    )


def _change(one: _Activity) -> LogLine:
    name = (one.resource or "").rpartition("/")[2]
    what = one.operation.localized_value or one.operation.value
    status = f" ({one.status.value})" if one.status.value else ""
    text = f"{what}{status} by {one.caller or 'somebody'}" + (f" on {name}" if name else "")
    return LogLine(
        at=one.at, source=one_line(name, 120) or "Azure", priority="info", text=one_line(text, 500)
    )
