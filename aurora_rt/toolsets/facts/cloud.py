"""What a cloud tells of the things that run in it."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact

Provider = Literal["AWS", "Google Cloud", "Azure"]


class CloudResource(Fact):
    """Something in a cloud, and how the cloud says that it is."""

    sort: str
    """`ECS service`, `EC2 instance`, `alarm`, … as people call it."""
    name: str
    state: str
    healthy: bool | None
    """`None`: its state is neither good nor bad, such as one that was stopped on purpose."""
    reason: str = ""
    """Why it is not well, as the cloud says."""
    changed_at: datetime | None = None
    also: tuple[str, ...] = ()
    """Other names of it, and of what it is about: a cluster, an address, dimensions of an alarm."""


class CloudResources(Fact):
    """Things in a cloud, those that are not well first."""

    kind: Literal["cloud_resources"] = "cloud_resources"
    provider: Provider
    resources: tuple[CloudResource, ...]
    truncated: bool = False
