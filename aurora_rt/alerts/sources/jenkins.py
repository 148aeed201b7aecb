"""Jenkins: what its Notification plugin posts (https://plugins.jenkins.io/notification/), or a pipeline of your own.

The set-up text brings the pipeline's part; the names are those that pipelines for Aurora have had before. The identity
is the job with its folders, so its next success is the recovery.

| result | becomes |
| --- | --- |
| `FAILURE`, `UNSTABLE` | firing |
| `SUCCESS` | resolved |
| `ABORTED`, `NOT_BUILT`, none yet | nothing |
"""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import unquote

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable, web_address
from aurora_rt.alerts.webhook_v4 import short
from aurora_rt.alerts.wire import MAX_IDENTITY, Epoch, Identity, Several, Text, Wire, understood

NAME: Final = "jenkins"
LISTED: Final = 10
"""Failed tests that are named for a person."""

_RESULTS: Final[dict[str, tuple[AlertStatus, str]]] = {
    "FAILURE": ("firing", "error"),
    "FAILED": ("firing", "error"),
    "UNSTABLE": ("firing", "warning"),
    "SUCCESS": ("resolved", "unknown"),
}


class Scm(Wire):
    """What was built."""

    url: Text = ""
    branch: Text = ""
    commit: Text = ""


class Tests(Wire):
    """How the tests went."""

    total: Text = ""
    failed: Text = ""
    failed_tests: Several[object] = Field([])


class Build(Wire):
    """One run of a job, as the plugin tells of it."""

    number: Text = ""
    full_url: Text = ""
    timestamp: Epoch = None
    phase: Text = ""
    status: Text = ""
    scm: Scm | None = None
    test_summary: Tests | None = None
    notes: Text = ""


class Job(Wire):
    """What the plugin posts."""

    name: Identity = ""
    url: Text = ""
    build: Build


class Git(Wire):
    """What a pipeline built."""

    branch: Text = ""
    commit: Text = Field("", alias="commit_sha")
    url: Text = Field("", alias="repository")


class PipelineRun(Wire):
    """What the part of a pipeline posts."""

    job: Annotated[Identity, Field(alias="job_name", min_length=1)]
    number: Text = Field("", alias="build_number")
    url: Text = Field("", alias="build_url")
    result: Text = ""
    service: Text = ""
    environment: Text = ""
    by: Text = Field("", alias="deployer")
    timestamp: Epoch = None
    git: Git | None = None


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of the job; none while it runs, and where it was stopped."""
    if isinstance(payload, Mapping) and "build" in payload:
        return _by_plugin(understood(Job, payload))
    return _by_pipeline(understood(PipelineRun, payload))


def _by_plugin(job: Job) -> tuple[Alert, ...]:
    build, scm = job.build, job.build.scm or Scm()
    name = _path(job.url) or job.name
    if not name:
        raise PayloadNotUnderstood("name", "missing, and so is the url")
    if len(name) > MAX_IDENTITY:
        raise PayloadNotUnderstood("url", f"longer than {MAX_IDENTITY} characters")
    return _alert(
        job=name,
        result=build.status,
        number=build.number,
        service="",
        environment="",
        labels={"branch": scm.branch, "commit": scm.commit, "repository": scm.url},
        notes={"failed tests": _failed(build.test_summary), "notes": build.notes},
        at=build.timestamp,
        url=build.full_url,
    )


def _by_pipeline(run: PipelineRun) -> tuple[Alert, ...]:
    git = run.git or Git()
    return _alert(
        job=run.job,
        result=run.result,
        number=run.number,
        service=run.service,
        environment=run.environment,
        labels={"branch": git.branch, "commit": git.commit, "repository": git.url},
        notes={"by": run.by},
        at=run.timestamp,
        url=run.url,
    )


def _path(url: str) -> str:
    """`shop/basket/main` of `job/shop/job/basket/job/main/`: the name with its folders, as pipelines have it."""
    parts = url.strip("/").split("/")
    if len(parts) % 2 or any(one != "job" for one in parts[::2]):
        return ""
    return storable(unquote("/".join(parts[1::2])))


def _alert(
    *,
    job: str,
    result: str,
    number: str,
    service: str,
    environment: str,
    labels: Mapping[str, str],
    notes: Mapping[str, str],
    at: Epoch,
    url: str,
) -> tuple[Alert, ...]:
    status, severity = _RESULTS.get(result.upper(), (None, ""))
    if status is None:
        return ()
    told_of = {"job": job, "environment": environment, **labels}
    return (
        Alert(
            source=NAME,
            fingerprint=job,
            title=cut(f"Jenkins job {job}", NAME_LIMIT),
            status=status,
            description=cut(f"{f'Build {number} of ' if number else ''}{job}: {result.lower()}."),
            severity=severity,
            service=cut(service, NAME_LIMIT) or told.service({"job": job}),
            environment=cut(environment, NAME_LIMIT),
            labels=short({name: value for name, value in told_of.items() if value}),
            annotations=short({name: value for name, value in notes.items() if value}),
            started_at=at if status == "firing" else None,
            ended_at=at if status == "resolved" else None,
            source_url=web_address(url),
        ),
    )


def _failed(tests: Tests | None) -> str:
    if tests is None or tests.failed in ("", "0"):
        return ""
    named = [storable(one) for one in tests.failed_tests[:LISTED] if isinstance(one, str)]
    return "\n".join([f"{tests.failed} of {tests.total}", *named])


SETUP: Final = """\
**In a pipeline**, add this to the `Jenkinsfile`; it tells of every end of the job, so that its next success resolves
what its failure opened. `service` and `environment` are for jobs that deploy, and may be left out.

```groovy
post {
  always {
    script {
      writeFile file: '.aurora.json', text: groovy.json.JsonOutput.toJson([
        job_name: env.JOB_NAME, build_number: env.BUILD_NUMBER, build_url: env.BUILD_URL,
        result: currentBuild.currentResult, timestamp: currentBuild.startTimeInMillis,
        service: '', environment: '',
        git: [branch: env.GIT_BRANCH, commit_sha: env.GIT_COMMIT, repository: env.GIT_URL]
      ])
      sh "curl -fsS --max-time 10 --retry 3 -H 'Content-Type: application/json' --data @.aurora.json '{url}'"
    }
  }
}
```

**For other jobs**, install the plugin *Notification*. In the job's configuration choose **Job Notifications → Add
endpoint**: format *JSON*, protocol *HTTP*, event *Job Finalized*, and this URL:

```text
{url}
```
"""

SOURCE: Final = Source(
    name=NAME,
    title="Jenkins",
    setup=SETUP,
    parse=parse,
    sample={
        "job_name": "a test alert",
        "build_number": "1",
        "build_url": "https://jenkins.example.com/job/test/1/",
        "result": "UNSTABLE",
        "service": "aurora-test",
    },
)
