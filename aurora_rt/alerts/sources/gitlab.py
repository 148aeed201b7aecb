"""GitLab: failed pipelines, jobs and deployments of a project or a group, and alerts as GitLab itself takes them.

The webhooks' payloads are at https://docs.gitlab.com/user/project/integrations/webhook_events/. The identity is where
it happened – the project's environment, its pipeline on a branch, its job on a branch –, so the next success there is
the recovery. What has no `object_kind` is the payload of GitLab's own alert endpoint
(https://docs.gitlab.com/operations/incident_management/integrations/), which many tools can send: there the identity is
the `fingerprint`, and an `end_time` ends it.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import SharedSecret, StandardWebhooks
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Several, Text, Wire, understood

NAME: Final = "gitlab"
LISTED: Final = 10
"""Failed jobs of a pipeline that are named for a person."""

_STATUS: Final[dict[str, AlertStatus]] = {"failed": "firing", "success": "resolved"}


def _iso(value: object) -> object:
    """`2026-03-02 08:30:00 UTC`, which GitLab mixes with ISO 8601."""
    return f"{value[:-4]}Z" if isinstance(value, str) and value.endswith(" UTC") else value


def _one(value: object) -> object:
    """A fingerprint and hosts may be a text, or a list of texts."""
    return ",".join(one for one in value if isinstance(one, str)) if isinstance(value, list) else value


Time = Annotated[Moment, BeforeValidator(_iso)]
Needed = Annotated[Identity, Field(min_length=1)]


class Project(Wire):
    """Where it happened."""

    name: Text = ""
    path: Needed = Field(alias="path_with_namespace")
    web_url: Text = ""


class Commit(Wire):
    """What was built."""

    title: Text = ""
    message: Text = ""


class JobOfPipeline(Wire):
    """One job of a pipeline."""

    name: Text = ""
    stage: Text = ""
    status: Text = ""
    allow_failure: bool | None = None


class Run(Wire):
    """One run of a pipeline."""

    id: Text = ""
    ref: Identity = ""
    sha: Text = ""
    source: Text = ""
    status: Text = ""
    url: Text = ""
    finished_at: Time = None


class Pipeline(Wire):
    """The event of a pipeline."""

    run: Run = Field(alias="object_attributes")
    project: Project
    commit: Commit | None = None
    jobs: Several[JobOfPipeline] = Field([], alias="builds")


class Job(Wire):
    """The event of a job, which GitLab calls a build."""

    name: Needed = Field(alias="build_name")
    id: Text = Field("", alias="build_id")
    stage: Text = Field("", alias="build_stage")
    status: Text = Field("", alias="build_status")
    reason: Text = Field("", alias="build_failure_reason")
    allow_failure: bool | None = Field(None, alias="build_allow_failure")
    finished_at: Time = Field(None, alias="build_finished_at")
    ref: Identity = ""
    sha: Text = ""
    project: Project


class Deployment(Wire):
    """The event of a deployment."""

    status: Text = ""
    changed_at: Time = Field(None, alias="status_changed_at")
    environment: Needed
    tier: Text = Field("", alias="environment_tier")
    address: Text = Field("", alias="environment_external_url")
    url: Text = Field("", alias="deployable_url")
    ref: Text = ""
    sha: Text = Field("", alias="short_sha")
    commit_title: Text = ""
    project: Project


class OwnAlert(Wire):
    """What GitLab's own alert endpoint takes."""

    title: Text
    description: Text = ""
    fingerprint: Annotated[Identity, BeforeValidator(_one)] = ""
    severity: Text = ""
    service: Text = ""
    tool: Text = Field("", alias="monitoring_tool")
    hosts: Annotated[Text, BeforeValidator(_one)] = ""
    environment: Text = Field("", alias="gitlab_environment_name")
    start_time: Time = None
    end_time: Time = None


def parse(payload: object) -> tuple[Alert, ...]:
    """What failed or succeeded; nothing for what is still running, cancelled, or another event."""
    if not isinstance(payload, Mapping):
        raise PayloadNotUnderstood("payload", "not an object")
    match payload.get("object_kind"):
        case "pipeline":
            return _pipeline(understood(Pipeline, payload))
        case "build":
            return _job(understood(Job, payload))
        case "deployment":
            return _deployment(understood(Deployment, payload))
        case None:
            return _own(understood(OwnAlert, payload))
    return ()


def _pipeline(event: Pipeline) -> tuple[Alert, ...]:
    run, project = event.run, event.project
    if run.source == "parent_pipeline":  # its parent tells how it went
        return ()
    failed = [one for one in event.jobs if one.status == "failed" and not one.allow_failure]
    jobs = ", ".join(f"{one.name} ({one.stage})" for one in failed[:LISTED])
    outcome = f"Pipeline {run.id} on {run.ref}: {run.status}."
    return _alert(
        identity={"kind": "pipeline", "of": project.path, "ref": run.ref},
        title=f"Pipeline of {project.name or project.path} on {run.ref}",
        status=run.status,
        description=f"{outcome} What failed: {jobs}." if jobs else outcome,
        severity="warning",
        project=project,
        labels={"ref": run.ref, "commit": run.sha, "event": run.source},
        notes={"commit": _first_line(event.commit.title or event.commit.message) if event.commit else ""},
        at=run.finished_at,
        url=run.url or (f"{project.web_url}/-/pipelines/{run.id}" if project.web_url and run.id else ""),
    )


def _job(job: Job) -> tuple[Alert, ...]:
    if job.allow_failure and job.status == "failed":
        return ()
    project, because = job.project, f" ({job.reason})" if job.reason and job.status == "failed" else ""
    return _alert(
        identity={"kind": "job", "of": project.path, "ref": job.ref, "job": job.name},
        title=f"Job {job.name} of {project.name or project.path} on {job.ref}",
        status=job.status,
        description=f"Job {job.name} on {job.ref}: {job.status}{because}.",
        severity="warning",
        project=project,
        labels={"ref": job.ref, "commit": job.sha, "stage": job.stage},
        notes={},
        at=job.finished_at,
        url=f"{project.web_url}/-/jobs/{job.id}" if project.web_url and job.id else "",
    )


def _deployment(event: Deployment) -> tuple[Alert, ...]:
    project = event.project
    return _alert(
        identity={"kind": "deployment", "of": project.path, "environment": event.environment},
        title=f"Deployment of {project.name or project.path} to {event.environment}",
        status=event.status,
        description=f"The deployment of {event.ref or event.sha} to {event.environment}: {event.status}.",
        severity="error",
        project=project,
        labels={
            "environment": event.environment,
            "tier": event.tier,
            "ref": event.ref,
            "commit": event.sha,
        },
        notes={"commit": _first_line(event.commit_title), "address": web_address(event.address)},
        at=event.changed_at,
        url=event.url,
    )


def _own(alert: OwnAlert) -> tuple[Alert, ...]:
    if not alert.fingerprint:
        raise PayloadNotUnderstood("fingerprint", "missing, so that alerts cannot be told apart")
    labels = {
        "service": alert.service,
        "environment": alert.environment,
        "host": alert.hosts,
        "tool": alert.tool,
    }
    return (
        Alert(
            source=NAME,
            fingerprint=alert.fingerprint,
            title=cut(alert.title or NAMELESS, NAME_LIMIT),
            status="resolved" if alert.end_time else "firing",
            description=cut(alert.description or alert.title),
            severity=told.priority(alert.severity) or "unknown",
            service=told.service(labels),
            environment=told.environment(labels),
            labels=short({name: value for name, value in labels.items() if value}),
            started_at=alert.start_time,
            ended_at=alert.end_time,
        ),
    )


def _alert(
    *,
    identity: Mapping[str, str],
    title: str,
    status: str,
    description: str,
    severity: str,
    project: Project,
    labels: Mapping[str, str],
    notes: Mapping[str, str],
    at: Moment,
    url: str,
) -> tuple[Alert, ...]:
    stands = _STATUS.get(status)
    if stands is None:
        return ()
    told_of = {"repository": project.path, **labels}
    return (
        Alert(
            source=NAME,
            fingerprint=told.fingerprint(identity),
            title=cut(title, NAME_LIMIT),
            status=stands,
            description=cut(description),
            severity=severity,
            service=cut(project.name or project.path, NAME_LIMIT),
            environment=cut(labels.get("environment", ""), NAME_LIMIT),
            labels=short({name: value for name, value in told_of.items() if value}),
            annotations=short({name: value for name, value in notes.items() if value}),
            started_at=at if stands == "firing" else None,
            ended_at=at if stands == "resolved" else None,
            source_url=web_address(url),
        ),
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


SETUP: Final = """\
1. In GitLab, open the project's (or the group's) **Settings → Webhooks → Add new webhook**, and enter this URL:

   ```text
   {url}
   ```
2. Make up a *secret token*, such as the output of `openssl rand -hex 32`, and enter the same here as the webhook's
   secret. Where GitLab has a *signing token* (it begins with `whsec_`), enter that one instead: it also proves that
   nothing was changed on the way, and when it was sent.
3. Tick **Pipeline events** and **Deployment events**; *Job events* tell of each job by itself.

A failed deployment, and a failed pipeline on a branch, become alerts; the next success at the same place resolves them.

Tools that can send alerts to GitLab's alert endpoint can send them to this URL, too, with the token as the password or
as a bearer token; each alert needs a `fingerprint`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="GitLab",
    setup=SETUP,
    parse=parse,
    proof=SharedSecret(
        "X-Gitlab-Token",
        asks_for="The secret token of the webhook, or its signing token, as entered in GitLab",
        once="Idempotency-Key",
        signed=StandardWebhooks("The signing token"),
    ),
    sample={
        "object_kind": "deployment",
        "status": "failed",
        "environment": "test",
        "ref": "a test alert",
        "project": {
            "name": "aurora-test",
            "path_with_namespace": "example/aurora-test",
            "web_url": "https://gitlab.com/example/aurora-test",
        },
        "deployable_url": "https://gitlab.com/example/aurora-test/-/jobs/1",
    },
)
