"""Services of ECS: how many of their tasks run, and why those that stopped did."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from aurora_rt.toolsets.aws.account import account_of
from aurora_rt.toolsets.aws.client import Aws, Page, Part, aws_of, request
from aurora_rt.toolsets.aws.shapes import Moment
from aurora_rt.toolsets.clouds.listing import seen_resources
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.clouds.together import both, each
from aurora_rt.toolsets.facts.cloud import CloudResource
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

CLUSTERS: Final = 5
AT_ONCE: Final = 10
"""Services that one call describes, at most."""
TASKS: Final = 100


class EcsParameters(Parameters):
    """Which cluster to look at."""

    cluster: Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)] = Field(
        "", description="Name of the cluster; empty: the first few of the region."
    )


class _Arns(Page):
    clusters: tuple[str, ...] = Field((), alias="clusterArns")
    services: tuple[str, ...] = Field((), alias="serviceArns")
    tasks: tuple[str, ...] = Field((), alias="taskArns")


class _Event(Part):
    at: Moment | None = Field(None, alias="createdAt")
    message: str = ""


class _Deployment(Part):
    status: str = ""
    rollout: str = Field("", alias="rolloutState")
    reason: str = Field("", alias="rolloutStateReason")
    failed: int = Field(0, alias="failedTasks")
    at: Moment | None = Field(None, alias="createdAt")


class _Service(Part):
    name: str = Field(alias="serviceName")
    status: str = ""
    desired: int = Field(0, alias="desiredCount")
    running: int = Field(0, alias="runningCount")
    pending: int = Field(0, alias="pendingCount")
    deployments: tuple[_Deployment, ...] = ()
    events: tuple[_Event, ...] = ()


class _Container(Part):
    name: str = ""
    reason: str = ""
    exit_code: int | None = Field(None, alias="exitCode")


class _Task(Part):
    group: str = ""
    reason: str = Field("", alias="stoppedReason")
    stopped_at: Moment | None = Field(None, alias="stoppedAt")
    containers: tuple[_Container, ...] = ()


class _Described(Part):
    services: tuple[_Service, ...] = ()
    tasks: tuple[_Task, ...] = ()


async def ecs(parameters: EcsParameters, access: Access) -> Seen:
    """The services of a cluster, or of the first few clusters."""
    account = account_of(access.settings)
    aws, cut = aws_of(account, access), False
    clusters: Sequence[str] = (parameters.cluster,)
    if not parameters.cluster:
        listed, cut = await aws.pages(request("ecs", "ListClusters"), _Arns, 1)
        every = [arn for page in listed for arn in page.clusters]
        clusters, cut = every[:CLUSTERS], cut or len(every) > CLUSTERS
    found = await each(_cluster(aws, cluster) for cluster in clusters)
    first = [one.name for one in found[0][0][:AT_ONCE]] if found else []
    shown = clusters[0].rpartition("/")[2] if clusters else ""
    wanted = request("ecs", "DescribeServices", cluster=shown, services=first)
    command = aws.command(wanted if first else request("ecs", "ListClusters"))
    seen = seen_resources(
        command,
        "AWS",
        [one for resources, _ in found for one in resources],
        truncated=cut or any(more for _, more in found),
    )
    return discreetly(seen, account.secrets)


async def _cluster(aws: Aws, cluster: str) -> tuple[list[CloudResource], bool]:
    """The services of one cluster, and whether there are more."""
    (listed, more), tasks = await both(
        aws.pages(request("ecs", "ListServices", cluster=cluster, maxResults=100), _Arns),
        _stopped(aws, cluster),
    )
    arns = [arn for page in listed for arn in page.services]
    parts = [arns[at : at + AT_ONCE] for at in range(0, len(arns), AT_ONCE)]
    described = await each(
        aws.ask(request("ecs", "DescribeServices", cluster=cluster, services=part), _Described)
        for part in parts
    )
    name = cluster.rpartition("/")[2]
    return [_resource(one, name, tasks) for part in described for one in part.services], more


async def _stopped(aws: Aws, cluster: str) -> Sequence[_Task]:
    """Tasks that stopped within the last hour, as long as ECS remembers them; the newest first."""
    wanted = request("ecs", "ListTasks", cluster=cluster, desiredStatus="STOPPED", maxResults=TASKS)
    listed = await aws.ask(wanted, _Arns)
    if not listed.tasks:
        return ()
    found = await aws.ask(
        request("ecs", "DescribeTasks", cluster=cluster, tasks=list(listed.tasks[:TASKS])), _Described
    )
    return sorted(
        found.tasks, key=lambda one: one.stopped_at.timestamp() if one.stopped_at else 0.0, reverse=True
    )


def _resource(one: _Service, cluster: str, tasks: Iterable[_Task]) -> CloudResource:
    primary = next((each for each in one.deployments if each.status == "PRIMARY"), None)
    failed = primary is not None and primary.rollout == "FAILED"
    stopped = next((task for task in tasks if task.group == f"service:{one.name}"), None)
    # Tasks that start while none has stopped are an ordinary deployment.
    short = one.running < one.desired and (stopped is not None or one.running + one.pending < one.desired)
    parts = [
        _told(stopped) if stopped else "",
        primary.reason if primary and failed else "",
        one.events[0].message if one.events else "",
    ]
    return CloudResource(
        sort="ECS service",
        name=one.name,
        state=f"{one.running} of {one.desired} running, {one.pending} pending"
        + (f", deployment {primary.rollout}" if primary and primary.rollout else ""),
        healthy=_healthy(one, short or failed),
        reason="; ".join(part for part in parts if part) if short or failed else "",
        changed_at=primary.at if primary else None,
        also=(cluster,),
    )


def _healthy(one: _Service, bad: bool) -> bool | None:
    if bad:
        return False
    return True if one.desired and one.running >= one.desired else None


def _told(task: _Task) -> str:
    """Why a task stopped, its containers' own reasons included."""
    containers = [
        f"{one.name}: {one.reason or 'ended'}"
        + (f" (exit code {one.exit_code})" if one.exit_code is not None else "")
        for one in task.containers
        if one.reason or one.exit_code
    ]
    return "; ".join([task.reason, *containers])
