"""Walking directories within limits of time and count, for the files that take most space or changed last."""

import heapq
import os
import stat
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

WALK_SECONDS: Final = 6.0
WALK_ENTRIES: Final = 200_000
KEPT: Final = 200
"""Of the largest, and of the youngest files."""

BLOCK: Final = 512
"""The unit of `st_blocks`, stat(2)."""


@dataclass(slots=True)
class Walk:
    """What a bounded walk has found."""

    largest: list[tuple[float, str]] = field(default_factory=list)
    youngest: list[tuple[float, str]] = field(default_factory=list)
    entries: int = 0
    complete: bool = True

    @property
    def paths(self) -> set[str]:
        """The files that are worth a second look."""
        return {path for _, path in (*self.largest, *self.youngest)}


def space(about: os.stat_result) -> int:
    """The bytes that a file takes on its device; a sparse file takes less than it is long."""
    return about.st_blocks * BLOCK


def walk(roots: Sequence[str], *, entries: int = WALK_ENTRIES, seconds: float = WALK_SECONDS) -> Walk:
    """Walk from `roots`, the upper levels first, so that a walk that is cut has seen something everywhere.

    Stays on the file system of each root and follows no symbolic link. What is not ours to see is passed over.
    """
    found, deadline = Walk(), time.monotonic() + seconds
    waiting: deque[tuple[str, int]] = deque()
    for root in roots:
        try:
            waiting.append((root, Path(root).stat().st_dev))
        except OSError:  # it is not on every host
            continue
    while waiting:
        path, device = waiting.popleft()
        try:
            with os.scandir(path) as listing:
                for entry in listing:
                    found.entries += 1
                    if found.entries > entries or time.monotonic() > deadline:
                        found.complete = False
                        return found
                    if _keep(found, entry, device):
                        waiting.append((entry.path, device))
        except OSError:  # removed meanwhile, or not ours to see
            continue
    return found


def _keep(found: Walk, entry: os.DirEntry[str], device: int) -> bool:
    """Keep a file; whether the entry is a directory to go into."""
    try:
        about = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    if stat.S_ISREG(about.st_mode):
        _push(found.largest, space(about), entry.path)
        _push(found.youngest, about.st_mtime, entry.path)
    return stat.S_ISDIR(about.st_mode) and about.st_dev == device


def _push(heap: list[tuple[float, str]], rank: float, path: str) -> None:
    if len(heap) < KEPT:
        heapq.heappush(heap, (rank, path))
    else:
        heapq.heappushpop(heap, (rank, path))
