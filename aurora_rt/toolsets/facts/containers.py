"""What a container engine tells of its containers."""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class Container(Fact):
    """One container, as the engine sees it."""

    id: str
    """Its first twelve characters."""
    name: str
    service: str
    """What people call it: the compose service's name, else the container's."""
    image: str
    state: Literal["created", "running", "paused", "restarting", "removing", "exited", "dead", "unknown"]
    health: Literal["", "starting", "healthy", "unhealthy"]
    """`""` where it has no health check."""
    restarts: int
    exit_code: int | None
    """`None` while it runs."""
    oom_killed: bool
    error: str
    started_at: datetime | None
    finished_at: datetime | None
    memory_limit: int | None
    """Bytes; `None` for no limit."""
    cpu_limit: float | None
    """Processors; `None` for no limit."""
    restart_policy: str
    said: str
    """What its health check said last."""


class Containers(Fact):
    """All containers, those that have ended too."""

    kind: Literal["containers"] = "containers"
    containers: tuple[Container, ...]
    truncated: bool


class ContainerUse(Fact):
    """What one container uses right now."""

    name: str
    service: str
    cpu_percent: float | None
    """Of one processor; `None` where it could not be told."""
    memory: int | None
    """Bytes, without what the page cache can give back."""
    memory_limit: int | None
    throttled_share: float | None
    """Of the scheduling periods that just went by, those in which it was held back; `None` without a limit."""
    processes: int | None


class ContainersUse(Fact):
    """What containers use."""

    kind: Literal["containers_use"] = "containers_use"
    used: tuple[ContainerUse, ...]


class ContainerEvent(Fact):
    """Something that happened to a container."""

    at: datetime
    name: str
    service: str
    action: str
    """`die`, `oom`, `kill`, `start`, `health_status: unhealthy`, …"""
    exit_code: int | None
    signal: str


class ContainerEvents(Fact):
    """What happened within the window, the newest last."""

    kind: Literal["container_events"] = "container_events"
    events: tuple[ContainerEvent, ...]
    truncated: bool
