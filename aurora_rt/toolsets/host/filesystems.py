"""How full the file systems are, and how fast they fill."""

import asyncio
import os
import time
from pathlib import Path
from typing import Final

import psutil

from aurora_rt.toolsets.facts.host import (
    Filesystem,
    Filesystems,
)
from aurora_rt.toolsets.legible import legible
from aurora_rt.toolsets.tables import rate, size, table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

SECONDS: Final = 1.0
WITHOUT_DEVICE: Final = frozenset({"tmpfs", "overlay", "zfs", "btrfs", "bcachefs"})
"""Not on a device of their own, but they fill all the same. Remote ones are left out: a dead server hangs the look."""
ALWAYS_FULL: Final = frozenset({"squashfs", "erofs", "iso9660", "udf", "devtmpfs"})
"""Images that were made full, and what holds no files."""


async def filesystems(_: Parameters, __: Access) -> Seen:
    """Look at every local file system twice, so that filling shows."""
    before, began = await asyncio.to_thread(_usage), time.monotonic()
    await asyncio.sleep(SECONDS)
    after = await asyncio.to_thread(_usage)
    seconds = time.monotonic() - began
    found = tuple(
        one.model_copy(update={"growth": round((one.used - before[mount].used) / seconds)})
        for mount, one in after.items()
        if mount in before
    )
    facts = Filesystems(sampled_seconds=round(seconds, 2), filesystems=found)
    return Seen("df -hlT; df -il", _shown(facts), facts)


def _usage() -> dict[str, Filesystem]:
    """Mount point → its use. What is mounted in several places counts once, at the shortest path."""
    found: dict[str, Filesystem] = {}
    devices: set[int] = set()
    for partition in sorted(psutil.disk_partitions(all=True), key=lambda one: len(one.mountpoint)):
        if not _is_told(partition.device, partition.fstype):
            continue
        try:
            device = Path(partition.mountpoint).stat().st_dev
            counts = os.statvfs(partition.mountpoint)
        except OSError:  # not ours to see, or gone
            continue
        if counts.f_blocks and device not in devices:
            devices.add(device)
            mount = legible(partition.mountpoint)
            found[mount] = _filesystem(mount, legible(partition.device), partition.fstype, counts)
    return found


def _is_told(device: str, kind: str) -> bool:
    return kind not in ALWAYS_FULL and (device.startswith("/dev/") or kind in WITHOUT_DEVICE)


def _filesystem(mount: str, device: str, kind: str, counts: os.statvfs_result) -> Filesystem:
    block = counts.f_frsize
    free, used = counts.f_bavail * block, (counts.f_blocks - counts.f_bfree) * block
    return Filesystem(
        mount=mount,
        device=device,
        type=kind,
        total=counts.f_blocks * block,
        used=used,
        free=free,
        # As df has it: of what is used and what everybody may use.
        used_percent=round(100 * used / max(used + free, 1), 1),
        inodes_percent=round(100 * (1 - counts.f_ffree / counts.f_files), 1) if counts.f_files else None,
        growth=0,
    )


def _shown(facts: Filesystems) -> str:
    return table(
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
            for one in facts.filesystems
        ),
    )
