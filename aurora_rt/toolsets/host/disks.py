"""Disks: how full the file systems are, and which files are large or grow."""

import asyncio
import heapq
import os
import stat
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import psutil
from pydantic import Field

from aurora_rt.toolsets.facts import Filesystem, Filesystems, FileUse, LargeFiles
from aurora_rt.toolsets.host.tables import rate, size, table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

Rank = TypeVar("Rank", int, float)

SECONDS = 1.0
WALK_SECONDS = 6.0
WALK_ENTRIES = 200_000
FILES_LISTED = 15
FILES_WATCHED = 400
USUAL_ROOTS = ("/var/log", "/var/tmp", "/dev/shm")  # noqa: S108 - looked at, not written
MEMORY_TYPES = frozenset({"tmpfs"})
"""Not on a device, but they fill all the same."""


class LargeFilesParameters(Parameters):
    """Where to look."""

    root: Annotated[str, Field(max_length=4096, pattern=r"^/[^\x00]*$")] | None = None
    """A directory; by default the temporary directories and /var/log."""


@dataclass(slots=True)
class _Walk:
    """What a bounded walk has found."""

    files: list[tuple[int, str]] = field(default_factory=list)
    young: list[tuple[float, str]] = field(default_factory=list)
    entries: int = 0
    complete: bool = True


async def filesystems(_: Parameters, __: Access) -> Seen:
    """Look at every file system twice, so that filling shows."""
    before = await asyncio.to_thread(_usage)
    began = time.monotonic()
    await asyncio.sleep(SECONDS)
    after = await asyncio.to_thread(_usage)
    seconds = time.monotonic() - began
    found = tuple(
        one.model_copy(update={"growth": round((one.used - before[mount].used) / seconds)})
        for mount, one in after.items()
        if mount in before
    )
    facts = Filesystems(sampled_seconds=SECONDS, filesystems=found)
    output = table(
        ("MOUNTED ON", "SIZE", "USED", "FREE", "USE%", "INODES%", "GROWTH", "DEVICE"),
        (
            (
                one.mount,
                size(one.total),
                size(one.used),
                size(one.free),
                f"{one.used_percent:.1f}",
                "-" if one.inodes_percent is None else f"{one.inodes_percent:.1f}",
                rate(one.growth),
                f"{one.device} ({one.type})",
            )
            for one in found
        ),
    )
    return Seen("df -h; df -i", output, facts)


async def large_files(parameters: LargeFilesParameters, _: Access) -> Seen:
    """Walk the directories, look twice at the largest and youngest files, and find who holds them."""
    roots = _roots(parameters.root)
    command = (
        f"find {' '.join(roots)} -xdev -type f -printf '%s %TT %p\\n' | sort -rn | head -n {FILES_LISTED}"
    )
    if parameters.root is not None and not await asyncio.to_thread(Path(parameters.root).is_dir):
        raise ToolFailed(f"{parameters.root} is not a directory on this host.", command=command)
    walk = await asyncio.to_thread(_walk, roots)
    watched = {path for _, path in [*walk.files, *walk.young]}
    before = await asyncio.to_thread(_sizes, watched)
    began = time.monotonic()
    await asyncio.sleep(SECONDS)
    facts = await asyncio.to_thread(_facts, roots, walk, before, began)
    output = table(
        ("SIZE", "GROWTH", "MODIFIED (UTC)", "HELD BY", "PATH"),
        (
            (
                size(one.size),
                rate(one.growth),
                f"{one.modified_at:%m-%d %H:%M:%S}",
                ", ".join(f"{name}[{pid}]" for pid, name in zip(one.pids, one.process_names, strict=True))
                or "-",
                one.path + (" (deleted)" if one.deleted else ""),
            )
            for one in facts.files
        ),
    )
    note = "" if facts.complete else "\nThe walk was cut by its limit of time or count: there may be more."
    return Seen(command, output + note, facts)


def _usage() -> dict[str, Filesystem]:
    found = {}
    for partition in psutil.disk_partitions(all=True):
        on_device = partition.device.startswith("/dev/") and partition.fstype not in ("squashfs", "devtmpfs")
        if not on_device and partition.fstype not in (
            *MEMORY_TYPES,
            "overlay",
            "nfs",
            "nfs4",
            "zfs",
            "btrfs",
        ):
            continue
        try:
            counts = os.statvfs(partition.mountpoint)
        except OSError:  # not ours to see, or gone
            continue
        total = counts.f_blocks * counts.f_frsize
        if total == 0:
            continue
        free, used = counts.f_bavail * counts.f_frsize, (counts.f_blocks - counts.f_bfree) * counts.f_frsize
        found[partition.mountpoint] = Filesystem(
            mount=partition.mountpoint,
            device=partition.device,
            type=partition.fstype,
            total=total,
            used=used,
            free=free,
            # As df has it: of what is used and what everybody may use.
            used_percent=round(100 * used / max(used + free, 1), 1),
            inodes_percent=round(100 * (1 - counts.f_ffree / counts.f_files), 1) if counts.f_files else None,
            growth=0,
        )
    return found


def _roots(root: str | None) -> tuple[str, ...]:
    return (root,) if root is not None else tuple(dict.fromkeys((tempfile.gettempdir(), *USUAL_ROOTS)))


def _walk(roots: Sequence[str]) -> _Walk:
    walk, deadline = _Walk(), time.monotonic() + WALK_SECONDS
    for root in roots:
        try:
            device = Path(root).stat().st_dev
        except OSError:  # it is not on every host
            continue
        waiting = [root]
        while waiting:
            if walk.entries > WALK_ENTRIES or time.monotonic() > deadline:
                walk.complete = False
                return walk
            waiting.extend(_directory(waiting.pop(), device, walk))
    return walk


def _directory(path: str, device: int, walk: _Walk) -> Iterator[str]:
    try:
        entries = list(os.scandir(path))
    except OSError:  # removed meanwhile, or not ours to see
        return
    for entry in entries:
        walk.entries += 1
        try:
            about = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISDIR(about.st_mode) and about.st_dev == device:
            yield entry.path
        elif stat.S_ISREG(about.st_mode):
            _keep(walk.files, (about.st_blocks * 512, entry.path))
            _keep(walk.young, (about.st_mtime, entry.path))


def _keep(heap: list[tuple[Rank, str]], one: tuple[Rank, str]) -> None:
    if len(heap) < FILES_WATCHED // 2:
        heapq.heappush(heap, one)
    else:
        heapq.heappushpop(heap, one)


def _sizes(paths: set[str]) -> dict[str, int]:
    sizes = {}
    for path in paths:
        try:
            sizes[path] = Path(path).stat().st_size
        except OSError:
            continue
    return sizes


def _facts(roots: Sequence[str], walk: _Walk, before: dict[str, int], began: float) -> LargeFiles:
    after, seconds = _sizes(set(before)), max(time.monotonic() - began, 0.001)
    growth = {path: (now - before[path]) / seconds for path, now in after.items()}
    largest = sorted(after, key=lambda path: after[path], reverse=True)[:FILES_LISTED]
    fastest = sorted(after, key=lambda path: growth[path], reverse=True)[:FILES_LISTED]
    chosen = list(dict.fromkeys([*(path for path in fastest if growth[path] > 0), *largest]))[:FILES_LISTED]
    held = _holders(roots)
    files = [_file(path, after[path], growth[path], held.get(path, [])) for path in chosen]
    files += [_deleted(path, holders) for path, holders in held.items() if path.endswith(" (deleted)")]
    return LargeFiles(
        roots=tuple(roots),
        sampled_seconds=SECONDS,
        complete=walk.complete,
        files=tuple(one for one in files if one is not None),
    )


def _file(path: str, now_size: int, growth: float, holders: list[tuple[int, str, int]]) -> FileUse | None:
    try:
        modified = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    except OSError:
        return None
    return FileUse(
        path=path,
        size=now_size,
        growth=round(growth),
        modified_at=modified,
        deleted=False,
        pids=tuple(pid for pid, _, _ in holders),
        process_names=tuple(name for _, name, _ in holders),
    )


def _deleted(path: str, holders: list[tuple[int, str, int]]) -> FileUse | None:
    largest = max(size for _, _, size in holders)
    if largest < 1024 * 1024:
        return None
    return FileUse(
        path=path.removesuffix(" (deleted)"),
        size=largest,
        growth=0,
        modified_at=datetime.now(UTC),
        deleted=True,
        pids=tuple(pid for pid, _, _ in holders),
        process_names=tuple(name for _, name, _ in holders),
    )


def _holders(roots: Sequence[str]) -> dict[str, list[tuple[int, str, int]]]:
    """Path → (pid, name, size) of the processes that hold a file below the roots open."""
    prefixes = tuple(f"{root.rstrip('/')}/" for root in roots)
    held: dict[str, list[tuple[int, str, int]]] = {}
    for process in psutil.process_iter(["name"]):
        for path, opened in _open_below(process.pid, prefixes):
            holder = (process.pid, process.info["name"], opened)
            if holder not in held.setdefault(path, []):
                held[path].append(holder)
    return held


def _open_below(pid: int, prefixes: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The files below the prefixes that a process holds open, with their sizes."""
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # it ended, or is not ours to see
        return
    for descriptor in descriptors:
        try:
            target = str(descriptor.readlink())
            if target.startswith(prefixes):
                yield target, descriptor.stat().st_size
        except OSError:
            continue
