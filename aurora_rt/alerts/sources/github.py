"""GitHub: failed deployments and failed workflows of a repository or an organization.

Read are the events `deployment_status` and `workflow_run`
(https://docs.github.com/en/webhooks/webhook-events-and-payloads); any other is answered and means nothing. The
identity is where it happened: the repository's environment, or its workflow on a branch; so the next success there
is the recovery.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import BODY, Hmac
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import Identity, Moment, Text, Wire, understood

NAME: Final = "github"

_DEPLOYMENTS: Final[dict[str, AlertStatus]] = {"failure": "firing", "error": "firing", "success": "resolved"}
_RUNS: Final[dict[str, AlertStatus]] = {
    "failure": "firing",
    "timed_out": "firing",
    "startup_failure": "firing",
    "success": "resolved",
}

Needed = Annotated[Identity, Field(min_length=1)]


class Repository(Wire):
    """Where it happened."""

    name: Text = ""
    full_name: Needed


class Deployment(Wire):
    """What was to be deployed."""

    environment: Needed
    task: Text = "deploy"
    ref: Text = ""
    sha: Text = ""
    description: Text = ""


class Outcome(Wire):
    """How it went, so far."""

    state: Text
    description: Text = ""
    target_url: Text = ""
    log_url: Text = ""
    updated_at: Moment = None
    created_at: Moment = None


class DeploymentStatus(Wire):
    """The event `deployment_status`."""

    deployment_status: Outcome
    deployment: Deployment
    repository: Repository


class Run(Wire):
    """One run of a workflow."""

    workflow_id: Needed
    name: Text = ""
    conclusion: Text = ""
    head_branch: Text = ""
    head_sha: Text = ""
    event: Text = ""
    run_number: Text = ""
    html_url: Text = ""
    updated_at: Moment = None


class WorkflowRun(Wire):
    """The event `workflow_run`."""

    workflow_run: Run
    repository: Repository


def parse(payload: object) -> tuple[Alert, ...]:
    """What failed or succeeded; nothing for what is still running, cancelled, or no such event."""
    if not isinstance(payload, Mapping):
        raise PayloadNotUnderstood("payload", "not an object")
    if "deployment_status" in payload:
        return _deployed(understood(DeploymentStatus, payload))
    if "workflow_run" in payload:
        return _ran(understood(WorkflowRun, payload))
    return ()


def _deployed(event: DeploymentStatus) -> tuple[Alert, ...]:
    outcome, deployment, repository = event.deployment_status, event.deployment, event.repository
    status = _DEPLOYMENTS.get(outcome.state)
    if status is None:
        return ()
    labels = {
        "repository": repository.full_name,
        "environment": deployment.environment,
        "ref": deployment.ref,
        "commit": deployment.sha,
    }
    return (
        _alert(
            identity={
                "kind": "deployment",
                "of": repository.full_name,
                "environment": deployment.environment,
                "task": deployment.task,
            },
            title=f"Deployment of {repository.name or repository.full_name} to {deployment.environment}",
            status=status,
            description=outcome.description or deployment.description or f"Its state is {outcome.state}.",
            severity="error",
            service=repository.name or repository.full_name,
            labels=labels,
            at=outcome.updated_at or outcome.created_at,
            url=outcome.log_url or outcome.target_url,
        ),
    )


def _ran(event: WorkflowRun) -> tuple[Alert, ...]:
    run, repository = event.workflow_run, event.repository
    status = _RUNS.get(run.conclusion)
    if status is None:
        return ()
    labels = {
        "repository": repository.full_name,
        "workflow": run.name,
        "branch": run.head_branch,
        "commit": run.head_sha,
        "event": run.event,
    }
    return (
        _alert(
            identity={
                "kind": "workflow",
                "of": repository.full_name,
                "workflow": run.workflow_id,
                "branch": run.head_branch,
            },
            title=f"Workflow {run.name or run.workflow_id} of {repository.name or repository.full_name}",
            status=status,
            description=f"Run {run.run_number} on {run.head_branch or 'no branch'}: {run.conclusion}.",
            severity="warning",
            service=repository.name or repository.full_name,
            labels=labels,
            at=run.updated_at,
            url=run.html_url,
        ),
    )


def _alert(
    *,
    identity: Mapping[str, str],
    title: str,
    status: AlertStatus,
    description: str,
    severity: str,
    service: str,
    labels: Mapping[str, str],
    at: Moment,
    url: str,
) -> Alert:
    return Alert(
        source=NAME,
        fingerprint=told.fingerprint(identity),
        title=cut(title or NAMELESS, NAME_LIMIT),
        status=status,
        description=cut(description),
        severity=severity,
        service=cut(service, NAME_LIMIT),
        environment=cut(labels.get("environment", ""), NAME_LIMIT),
        labels=short({name: value for name, value in labels.items() if value}),
        started_at=at if status == "firing" else None,
        ended_at=at if status == "resolved" else None,
        source_url=web_address(url),
    )


SETUP: Final = """\
1. On GitHub, open the repository's (or the organization's) **Settings → Webhooks → Add webhook**.
2. Enter this payload URL, the content type **application/json**, and a secret that you make up, such as the output
   of `openssl rand -hex 32`; enter the same secret here:

   ```text
   {url}
   ```
3. Choose **Let me select individual events**: *Deployment statuses* and *Workflow runs*, nothing else.

A failed deployment and a failed workflow on a branch become alerts; the next success at the same place resolves them.
"""

SOURCE: Final = Source(
    name=NAME,
    title="GitHub",
    setup=SETUP,
    parse=parse,
    proof=Hmac(
        "X-Hub-Signature-256",
        asks_for="The secret of the webhook, as entered on GitHub",
        prefix="sha256=",
        once=BODY,  # the id and the time of the run or the status are in it
    ),
    sample={
        "action": "created",
        "deployment_status": {
            "state": "failure",
            "description": "A test alert: webhooks from GitHub arrive",
            "target_url": "https://github.com/example/aurora-test/deployments",
        },
        "deployment": {"environment": "test", "task": "deploy", "ref": "main"},
        "repository": {"name": "aurora-test", "full_name": "example/aurora-test"},
    },
)
