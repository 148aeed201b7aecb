"""Instances of EC2 and databases of RDS, and how AWS says that they are."""

from typing import Final

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.aws.account import account_of
from aurora_rt.toolsets.aws.client import aws_of, request
from aurora_rt.toolsets.aws.shapes import (
    Database,
    DatabaseEvent,
    DatabaseEvents,
    DatabasePage,
    Instance,
    InstancePage,
    InstanceStatus,
    StatusPage,
)
from aurora_rt.toolsets.clouds.listing import seen_resources
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.clouds.together import both
from aurora_rt.toolsets.facts.cloud import CloudResource
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

_BROKEN: Final = ("failed", "storage-full", "restore-error", "inaccessible", "incompatible", "insufficient")
_WELL: Final = frozenset({"available", "backing-up", "storage-optimization"})


async def ec2(_parameters: Parameters, access: Access) -> Seen:
    """The instances of the region, with their status checks."""
    account = account_of(access.settings)
    aws = aws_of(account, access)
    wanted = request("ec2", "DescribeInstances", "NextToken", MaxResults=200)
    (found, more), (checked, _) = await both(
        aws.pages(wanted, InstancePage),
        aws.pages(request("ec2", "DescribeInstanceStatus", "NextToken", MaxResults=200), StatusPage),
    )
    statuses = {one.id: one for page in checked for one in page.statuses}
    instances = [one for page in found for group in page.reservations for one in group.instances]
    resources = [_machine(one, statuses.get(one.id)) for one in instances]
    return discreetly(seen_resources(aws.command(wanted), "AWS", resources, truncated=more), account.secrets)


async def rds(_parameters: Parameters, access: Access) -> Seen:
    """The databases of the region, and what happened to them within the window."""
    account = account_of(access.settings)
    aws, window = aws_of(account, access), access.window
    wanted = request("rds", "DescribeDBInstances", "Marker", MaxRecords=100)
    events = request(
        "rds",
        "DescribeEvents",
        "Marker",
        SourceType="db-instance",
        StartTime=rfc3339(window.start),
        EndTime=rfc3339(latest(window)),
    )
    (found, more), (happened, _) = await both(
        aws.pages(wanted, DatabasePage), aws.pages(events, DatabaseEvents)
    )
    last = {one.source: one for page in happened for one in page.events}
    resources = [_database(one, last.get(one.id)) for page in found for one in page.databases]
    return discreetly(seen_resources(aws.command(wanted), "AWS", resources, truncated=more), account.secrets)


def _machine(one: Instance, status: InstanceStatus | None) -> CloudResource:
    failed = (
        [
            f"{what} status check failed"
            for what, check in (("system", status.system), ("instance", status.instance))
            if check.status == "impaired"
        ]
        if status
        else []
    )
    tags = {tag.key: tag.value for tag in one.tags}
    healthy = None if one.state.name != "running" else not failed
    return CloudResource(
        sort="EC2 instance",
        name=tags.get("Name") or one.id,
        state=f"{one.state.name}, {one.type}",
        healthy=healthy,
        reason="; ".join(failed) or (one.reason.message if one.reason and healthy is None else ""),
        changed_at=one.launched_at,
        also=(one.id, one.address, one.dns, tags.get("aws:autoscaling:groupName", "")),
    )


def _database(one: Database, event: DatabaseEvent | None) -> CloudResource:
    broken = one.status.startswith(_BROKEN)
    zones = "several zones" if one.multi_zone else "one zone"
    return CloudResource(
        sort="RDS database",
        name=one.id,
        state=f"{one.status}, {one.engine} on {one.size}, {one.storage} GiB, {zones}",
        healthy=False if broken else True if one.status in _WELL else None,
        reason=": ".join(
            part for part in (one.status if broken else "", event.message if event else "") if part
        ),
        changed_at=event.at if event else None,
        also=(one.cluster,),
    )
