"""Who holds which files open, by /proc/PID/fd (proc(5))."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aurora_rt.toolsets.host.walk import space

Identity = tuple[int, int]
"""Device and inode: what stays the same when a file is renamed or removed."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A regular file that a process holds open."""

    pid: int
    identity: Identity
    path: str
    """As the kernel names it; a deleted file without the mark of that."""
    size: int
    """Bytes that it takes."""
    modified: float
    deleted: bool


def open_files() -> tuple[OpenFile, ...]:
    """Every regular file that a process of this host holds open, as far as it is ours to see."""
    pids = (entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return tuple(one for pid in pids for one in _held_by(int(pid)))


def by_identity(held: tuple[OpenFile, ...]) -> Mapping[Identity, list[OpenFile]]:
    """Open files by what they are; a process that holds one several times counts once."""
    found: dict[Identity, dict[int, OpenFile]] = {}
    for one in held:
        found.setdefault(one.identity, {})[one.pid] = one
    return {identity: list(holders.values()) for identity, holders in found.items()}


def name_of(pid: int) -> str:
    """The name of a process, `?` when it has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
    except OSError:
        return "?"


def _held_by(pid: int) -> Iterator[OpenFile]:
    try:
        descriptors = list(os.scandir(f"/proc/{pid}/fd"))
    except OSError:  # it ended, or is not ours to see
        return
    for descriptor in descriptors:
        try:
            path = str(Path(descriptor.path).readlink())
            if not path.startswith("/") or path.startswith("/memfd:"):  # sockets, pipes and plain memory
                continue
            about = descriptor.stat()
        except OSError:
            continue
        if stat.S_ISREG(about.st_mode):
            deleted = about.st_nlink == 0
            yield OpenFile(
                pid=pid,
                identity=(about.st_dev, about.st_ino),
                path=path.removesuffix(" (deleted)") if deleted else path,
                size=space(about),
                modified=about.st_mtime,
                deleted=deleted,
            )
