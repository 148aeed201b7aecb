"""Cloud Run services, Cloud SQL databases and Compute Engine instances, and how Google Cloud says that they are."""

from datetime import datetime

from pydantic import Field

from aurora_rt.toolsets.clouds.listing import seen_resources
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.facts.cloud import CloudResource
from aurora_rt.toolsets.gcp.client import Page, Part, google_of
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.toolset import Access, Parameters, Seen


class _Condition(Part):
    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class _RunName(Part):
    name: str


class _RunStatus(Part):
    conditions: tuple[_Condition, ...] = ()
    ready: str = Field("", alias="latestReadyRevisionName")
    created: str = Field("", alias="latestCreatedRevisionName")


class _Run(Part):
    metadata: _RunName
    status: _RunStatus = _RunStatus()


class _More(Part):
    after: str = Field("", alias="continue")


class _Runs(Part):
    items: tuple[_Run, ...] = ()
    metadata: _More = _More()
    unreachable: tuple[str, ...] = ()
    """Regions that did not answer."""


class _SqlSettings(Part):
    tier: str = ""
    activation_policy: str = ""
    availability_type: str = ""


class _Sql(Part):
    name: str
    state: str = ""
    database_version: str = ""
    suspension_reason: tuple[str, ...] = ()
    settings: _SqlSettings = _SqlSettings()


class _Sqls(Page):
    items: tuple[_Sql, ...] = ()


class _Machine(Part):
    name: str
    status: str = ""
    status_message: str = ""
    machine_type: str = ""
    last_start_timestamp: datetime | None = None


class _Zone(Part):
    instances: tuple[_Machine, ...] = ()


class _Zones(Page):
    items: dict[str, _Zone] = Field(default_factory=dict)


async def run(_parameters: Parameters, access: Access) -> Seen:
    """Services of Cloud Run in all regions, and whether their newest revision serves."""
    google = await google_of(access)
    project = google.account.project
    command = f"gcloud run services list --project={project}"
    # Version 2 of this API lists region by region alone.
    path = f"/apis/serving.knative.dev/v1/namespaces/{project}/services"
    found = await google.ask("run", Call(path, {"limit": "500"}, command), _Runs)
    resources = [_service(one) for one in found.items]
    more = bool(found.metadata.after or found.unreachable)
    return discreetly(
        seen_resources(command, "Google Cloud", resources, truncated=more), google.account.secrets
    )


async def sql(_parameters: Parameters, access: Access) -> Seen:
    """Databases of Cloud SQL."""
    google = await google_of(access)
    project = google.account.project
    command = f"gcloud sql instances list --project={project}"
    call = Call(f"/v1/projects/{project}/instances", {"maxResults": "200"}, command)
    found, more = await google.pages("sqladmin", call, _Sqls)
    resources = [_database(one) for page in found for one in page.items]
    return discreetly(
        seen_resources(command, "Google Cloud", resources, truncated=more), google.account.secrets
    )


async def compute(_parameters: Parameters, access: Access) -> Seen:
    """Instances of Compute Engine in all zones."""
    google = await google_of(access)
    project = google.account.project
    command = f"gcloud compute instances list --project={project}"
    call = Call(f"/compute/v1/projects/{project}/aggregated/instances", {"maxResults": "500"}, command)
    found, more = await google.pages("compute", call, _Zones)
    resources = [
        _machine(one, zone)
        for page in found
        for zone, listed in page.items.items()
        for one in listed.instances
    ]
    return discreetly(
        seen_resources(command, "Google Cloud", resources, truncated=more), google.account.secrets
    )


def _service(one: _Run) -> CloudResource:
    status = one.status
    condition = next((each for each in status.conditions if each.type == "Ready"), _Condition())
    failed = condition.status == "False"
    revision = f"{status.ready or 'no revision'} serves"
    if status.created != status.ready:
        revision += f", {status.created} does not"
    return CloudResource(
        sort="Cloud Run service",
        name=one.metadata.name,
        state=f"ready: {condition.status or 'unknown'}, {revision}",
        healthy=False if failed else True if condition.status == "True" else None,
        reason=": ".join(part for part in (condition.reason, condition.message) if part) if failed else "",
        changed_at=condition.last_transition_time,
        also=(status.created,),
    )


def _database(one: _Sql) -> CloudResource:
    bad = one.state in ("FAILED", "SUSPENDED", "UNKNOWN_STATE")
    off = one.settings.activation_policy == "NEVER"
    return CloudResource(
        sort="Cloud SQL database",
        name=one.name,
        state=f"{one.state}, {one.database_version} on {one.settings.tier}, {one.settings.availability_type}",
        healthy=None if off else False if bad else True if one.state == "RUNNABLE" else None,
        reason=", ".join([one.state.lower(), *one.suspension_reason]) if bad else "",
    )


def _machine(one: _Machine, zone: str) -> CloudResource:
    # Nothing tells here who stopped it: that it ended on purpose is as likely.
    return CloudResource(
        sort="Compute Engine instance",
        name=one.name,
        state=f"{one.status}, {one.machine_type.rpartition('/')[2]}",
        healthy=True if one.status == "RUNNING" else False if one.status == "REPAIRING" else None,
        reason=one.status_message or ("it is being repaired" if one.status == "REPAIRING" else ""),
        changed_at=one.last_start_timestamp,
        also=(zone.rpartition("/")[2],),
    )
