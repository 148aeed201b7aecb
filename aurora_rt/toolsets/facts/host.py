"""What is told of a host: processes, load, memory, disks, network."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact


class ProcessUse(Fact):
    """What one process used while it was watched."""

    pid: int
    parent_pid: int
    name: str
    command: str
    """The command line, cut and with secrets removed."""
    user: str
    cpu_percent: float
    """Of one core: 200 means two full cores."""
    rss: int
    rss_growth: float
    """Bytes a second, over the sampled time; negative when it shrank."""
    read_rate: float | None
    write_rate: float | None
    """Bytes a second to and from storage (`None`: not ours to see)."""
    open_files: int | None
    threads: int
    state: str
    nice: int
    started_at: datetime
    waited_percent: float | None = None
    """Of the time, how long its main thread was ready to run and waited for a core (`None`: nobody told)."""
    core: int | None = None
    """The core that its main thread ran on last."""


class Processes(Fact):
    """The processes of the host that use most, watched for `sampled_seconds`."""

    kind: Literal["processes"] = "processes"
    sampled_seconds: float
    total: int
    """How many processes there are, the ones not listed included."""
    processes: tuple[ProcessUse, ...]


class Pressure(Fact):
    """Pressure stall information (Linux PSI): share of time in percent that work waited, mean of 10/60/300 s."""

    resource: Literal["cpu", "memory", "io"]
    some10: float
    some60: float
    some300: float
    full10: float | None
    full60: float | None
    full300: float | None


class HostState(Fact):
    """Load, processor, memory and pressure of the host."""

    kind: Literal["host_state"] = "host_state"
    hostname: str
    cores: int
    load: tuple[float, float, float]
    cpu_percent: float
    """Of all cores together, 0 to 100, over `sampled_seconds`; all that was neither idle nor `iowait`."""
    iowait_percent: float
    steal_percent: float
    """The part of `cpu_percent` that the hypervisor gave to other machines."""
    sampled_seconds: float
    memory_total: int
    memory_available: int
    swap_total: int
    swap_used: int
    boot_at: datetime
    pressure: tuple[Pressure, ...]
    """Empty where the kernel does not tell."""


class Filesystem(Fact):
    """How full one mounted file system is."""

    mount: str
    device: str
    type: str
    total: int
    used: int
    free: int
    used_percent: float
    inodes_percent: float | None
    growth: float
    """Bytes a second while it was watched."""


class Filesystems(Fact):
    """The file systems of the host."""

    kind: Literal["filesystems"] = "filesystems"
    sampled_seconds: float
    filesystems: tuple[Filesystem, ...]


class FileUse(Fact):
    """A large or growing file, and who holds it open."""

    path: str
    size: int
    growth: float
    """Bytes a second while it was watched."""
    modified_at: datetime
    deleted: bool
    """Held open by a process but no longer in any directory: space that no `du` shows."""
    pids: tuple[int, ...]
    process_names: tuple[str, ...]


class LargeFiles(Fact):
    """The largest and fastest growing files that were looked at."""

    kind: Literal["large_files"] = "large_files"
    roots: tuple[str, ...]
    sampled_seconds: float
    complete: bool
    """False when a limit of time or count stopped the walk."""
    files: tuple[FileUse, ...]


class Interface(Fact):
    """Traffic and errors of one network interface, per second while it was watched."""

    name: str
    up: bool
    received_rate: float
    sent_rate: float
    errors: int
    drops: int
    """Errors and drops since boot, both directions."""


class Network(Fact):
    """Interfaces, and TCP connections by state."""

    kind: Literal["network"] = "network"
    interfaces: tuple[Interface, ...]
    connections: Mapping[str, int]
    listening: tuple[str, ...]
    """`address:port process`, as far as it may be seen."""
    retransmit_percent: float | None
