"""What the engine's API answers with, as far as it is used (version 1.40 and later)."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_pascal

Labels = Annotated[dict[str, str], BeforeValidator(lambda value: {} if value is None else value)]
Strings = Annotated[list[str], BeforeValidator(lambda value: [] if value is None else value)]


class Shape(BaseModel):
    """A part of an answer; most of the API writes its names so."""

    model_config = ConfigDict(frozen=True, alias_generator=to_pascal)


class Listed(Shape):
    """One of `GET /containers/json`."""

    id: str
    names: Strings = Field(default_factory=list)
    labels: Labels = Field(default_factory=dict)


class Check(Shape):
    """One run of a health check."""

    output: str = ""


class Health(Shape):
    """What health checks came to."""

    status: str = ""
    log: list[Check] | None = None


class State(Shape):
    """How a container is."""

    status: str = ""
    oom_killed: bool = Field(False, alias="OOMKilled")
    exit_code: int = 0
    error: str = ""
    started_at: str = ""
    finished_at: str = ""
    health: Health | None = None


class Policy(Shape):
    """When it is started again."""

    name: str = ""


class HostConfig(Shape):
    """Its limits."""

    memory: int = 0
    nano_cpus: int = 0
    cpu_quota: int = 0
    cpu_period: int = 0
    restart_policy: Policy | None = None


class Config(Shape):
    """What it was made of."""

    image: str = ""
    env: Strings = Field(default_factory=list)
    labels: Labels = Field(default_factory=dict)


class Inspected(Shape):
    """`GET /containers/{id}/json`."""

    id: str
    name: str = ""
    restart_count: int = 0
    state: State
    host_config: HostConfig = HostConfig()
    config: Config = Config()


class CpuUsage(BaseModel):
    """Nanoseconds."""

    total_usage: int = 0
    percpu_usage: list[int] | None = None


class Throttling(BaseModel):
    """Counted since the container began."""

    periods: int = 0
    throttled_periods: int = 0


class CpuStats(BaseModel):
    """Processor time at one moment."""

    cpu_usage: CpuUsage = CpuUsage()
    system_cpu_usage: int | None = None
    online_cpus: int | None = None
    throttling_data: Throttling | None = None


class MemoryStats(BaseModel):
    """Memory at one moment, bytes."""

    usage: int | None = None
    limit: int | None = None
    stats: dict[str, object] | None = None


class Pids(BaseModel):
    """Processes and threads."""

    current: int | None = None


class Stats(BaseModel):
    """`GET /containers/{id}/stats`."""

    cpu_stats: CpuStats = CpuStats()
    precpu_stats: CpuStats = CpuStats()
    memory_stats: MemoryStats = MemoryStats()
    pids_stats: Pids = Pids()


class Actor(Shape):
    """To whom an event happened."""

    id: str = Field("", alias="ID")
    attributes: Labels = Field(default_factory=dict)


class Event(Shape):
    """One line of `GET /events`."""

    action: str = ""
    actor: Actor = Actor()
    time: int = Field(0, alias="time")
    nanoseconds: int = Field(0, alias="timeNano")
