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
    state: str = ""
    reason: str = ""
    revision_reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None


class _Run(Part):
    name: str
    terminal_condition: _Condition = _Condition()
    latest_ready_revision: str = ""
    latest_created_revision: str = ""
    update_time: datetime | None = None


class _Runs(Page):
    services: tuple[_Run, ...] = ()


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
    call = Call(f"/v2/projects/{project}/locations/-/services", {"pageSize": "200"}, command)
    found, more = await google.pages("run", call, _Runs)
    resources = [_service(one) for page in found for one in page.services]
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
    condition = one.terminal_condition
    failed = condition.state == "CONDITION_FAILED"
    ready, created = (
        name.rpartition("/")[2] for name in (one.latest_ready_revision, one.latest_created_revision)
    )
    revision = f"revision {ready or 'none'} serves"
    if created != ready:
        revision += f", {created} does not"
    told = (condition.reason or condition.revision_reason, condition.message)
    return CloudResource(
        sort="Cloud Run service",
        name=one.name.rpartition("/")[2],
        state=f"{condition.state.removeprefix('CONDITION_').lower() or 'unknown'}, {revision}",
        healthy=False if failed else True if condition.state == "CONDITION_SUCCEEDED" else None,
        reason=": ".join(part for part in told if part) if failed else "",
        changed_at=condition.last_transition_time or one.update_time,
        also=(created,),
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
