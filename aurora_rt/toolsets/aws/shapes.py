"""Shapes of AWS's answers, as far as they are read; the names are those of its API reference."""

from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from aurora_rt.connectors.xml import members
from aurora_rt.toolsets.aws.client import Page, Part

Item = TypeVar("Item")
Members = Annotated[tuple[Item, ...], BeforeValidator(members)]


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_utc)]


class Result(Part):
    """One series of CloudWatch."""

    label: str = Field("", alias="Label")
    times: Members[Moment] = Field((), alias="Timestamps")
    values: Members[float] = Field((), alias="Values")


class MetricPage(Page):
    """GetMetricData."""

    results: Members[Result] = Field((), alias="MetricDataResults")


class Dimension(Part):
    """A dimension of a metric."""

    name: str = Field(alias="Name")
    value: str = Field("", alias="Value")


class Alarm(Part):
    """An alarm of CloudWatch."""

    name: str = Field(alias="AlarmName")
    state: str = Field(alias="StateValue")
    reason: str = Field("", alias="StateReason")
    metric: str = Field("", alias="MetricName")
    changed_at: Moment | None = Field(None, alias="StateUpdatedTimestamp")
    dimensions: Members[Dimension] = Field((), alias="Dimensions")


class AlarmPage(Page):
    """DescribeAlarms."""

    alarms: Members[Alarm] = Field((), alias="MetricAlarms")
    composite: Members[Alarm] = Field((), alias="CompositeAlarms")


class LogEvent(Part):
    """A line of a log."""

    at: float = Field(alias="timestamp")
    """Milliseconds."""
    message: str = ""
    stream: str = Field("", alias="logStreamName")


class LogPage(Page):
    """FilterLogEvents."""

    events: tuple[LogEvent, ...] = ()


class Named(Part):
    """A resource that an event of CloudTrail is about."""

    name: str = Field("", alias="ResourceName")


class Trail(Part):
    """An event of CloudTrail."""

    name: str = Field(alias="EventName")
    at: Moment = Field(alias="EventTime")
    source: str = Field("", alias="EventSource")
    user: str = Field("", alias="Username")
    resources: tuple[Named, ...] = Field((), alias="Resources")


class TrailPage(Page):
    """LookupEvents."""

    events: tuple[Trail, ...] = Field((), alias="Events")


class State(Part):
    """A state of EC2."""

    name: str = ""


class Check(Part):
    """A status check of EC2."""

    status: str = ""


class Reason(Part):
    """Why an instance is as it is."""

    message: str = ""


class Tag(Part):
    """A tag."""

    key: str = ""
    value: str = ""


class Instance(Part):
    """An instance of EC2."""

    id: str = Field(alias="instanceId")
    state: State = Field(State(), alias="instanceState")
    type: str = Field("", alias="instanceType")
    reason: Reason | None = Field(None, alias="stateReason")
    launched_at: Moment | None = Field(None, alias="launchTime")
    address: str = Field("", alias="privateIpAddress")
    dns: str = Field("", alias="privateDnsName")
    tags: Members[Tag] = Field((), alias="tagSet")


class Reservation(Part):
    """Instances that were started together."""

    instances: Members[Instance] = Field((), alias="instancesSet")


class InstancePage(Page):
    """DescribeInstances."""

    reservations: Members[Reservation] = Field((), alias="reservationSet")


class InstanceStatus(Part):
    """What the status checks of an instance say."""

    id: str = Field(alias="instanceId")
    system: Check = Field(Check(), alias="systemStatus")
    instance: Check = Field(Check(), alias="instanceStatus")


class StatusPage(Page):
    """DescribeInstanceStatus."""

    statuses: Members[InstanceStatus] = Field((), alias="instanceStatusSet")


class Database(Part):
    """A database instance of RDS."""

    id: str = Field(alias="DBInstanceIdentifier")
    status: str = Field("", alias="DBInstanceStatus")
    size: str = Field("", alias="DBInstanceClass")
    engine: str = Field("", alias="Engine")
    storage: int = Field(0, alias="AllocatedStorage")
    """GiB."""
    multi_zone: bool = Field(False, alias="MultiAZ")
    cluster: str = Field("", alias="DBClusterIdentifier")


class DatabasePage(Page):
    """DescribeDBInstances."""

    databases: Members[Database] = Field((), alias="DBInstances")


class DatabaseEvent(Part):
    """Something that happened to a database."""

    source: str = Field("", alias="SourceIdentifier")
    message: str = Field("", alias="Message")
    at: Moment = Field(alias="Date")


class DatabaseEvents(Page):
    """DescribeEvents."""

    events: Members[DatabaseEvent] = Field((), alias="Events")
