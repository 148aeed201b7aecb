"""Which files are large or grow, and who holds them open; deleted ones that still take space among them."""

import asyncio
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.host import (
    FileUse,
    LargeFiles,
)
from aurora_rt.toolsets.host.holders import Identity, OpenFile, by_identity, name_of, open_files
from aurora_rt.toolsets.host.walk import space, walk
from aurora_rt.toolsets.legible import legible, one_line
from aurora_rt.toolsets.tables import rate, size, table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

SECONDS: Final = 1.0
LISTED: Final = 15
DELETED_SIZE: Final = 1024 * 1024
"""Bytes from which on a deleted file that somebody holds is told."""
HOLDERS_NAMED: Final = 8
USUAL_ROOTS: Final = ("/tmp", "/var/log", "/var/tmp", "/dev/shm")  # noqa: S108 - looked at, not written


class LargeFilesParameters(Parameters):
    """Where to look."""

    root: Annotated[str, Field(max_length=4096, pattern=r"^/[^\x00]*$")] | None = None
    """A directory; by default the temporary directories and /var/log."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file at one moment."""

    path: str
    identity: Identity
    size: int
    modified: float
    deleted: bool
    at: float
    """When it was looked at, on the monotonic clock."""


async def large_files(parameters: LargeFilesParameters, _: Access) -> Seen:
    """Walk the directories, look twice at the largest and youngest files, and find who holds them."""
    roots = await asyncio.to_thread(_roots, parameters.root)
    places = " ".join(shlex.quote(root) for root in roots)
    command = (
        f"find {places} -xdev -type f -printf '%k KiB %TT %p\\n' | sort -rn | head -n {LISTED}; lsof +L1"
    )
    if parameters.root is not None and not await asyncio.to_thread(Path(parameters.root).is_dir):
        raise ToolFailed(f"{parameters.root} is not a directory on this host.", command=command)
    found = await asyncio.to_thread(walk, roots)
    before, _held = await asyncio.to_thread(_look, found.paths)
    await asyncio.sleep(SECONDS)
    facts = LargeFiles(
        roots=tuple(redacted(legible(root)) for root in roots),
        sampled_seconds=SECONDS,
        complete=found.complete,
        files=await asyncio.to_thread(_compared, before, found.paths),
    )
    return Seen(command, _shown(facts), facts)


def _roots(root: str | None) -> tuple[str, ...]:
    return (root,) if root is not None else tuple(dict.fromkeys((tempfile.gettempdir(), *USUAL_ROOTS)))


def _look(paths: set[str]) -> tuple[dict[Identity, _File], tuple[OpenFile, ...]]:
    """The files as they are now, and what is held open."""
    files = {}
    for path in paths:
        try:
            about = Path(path).stat(follow_symlinks=False)
        except OSError:  # removed meanwhile
            continue
        identity = (about.st_dev, about.st_ino)
        files[identity] = _File(
            path, identity, space(about), about.st_mtime, deleted=False, at=time.monotonic()
        )
    held = open_files()
    for one in held:
        if one.deleted and one.size >= DELETED_SIZE:
            files[one.identity] = _File(
                one.path, one.identity, one.size, one.modified, deleted=True, at=time.monotonic()
            )
    return files, held


def _compared(before: Mapping[Identity, _File], paths: set[str]) -> tuple[FileUse, ...]:
    after, held = _look(paths)
    growth = {identity: _growth(before.get(identity), one) for identity, one in after.items()}
    holders = by_identity(held)
    chosen = _chosen(after, growth)
    return tuple(_use(after[one], growth[one], holders.get(one, [])) for one in chosen)


def _growth(earlier: _File | None, later: _File) -> int:
    """Bytes a second; a file that was not there at the first look tells nothing yet."""
    if earlier is None:
        return 0
    return round((later.size - earlier.size) / max(later.at - earlier.at, 0.001))


def _chosen(files: Mapping[Identity, _File], growth: Mapping[Identity, int]) -> Sequence[Identity]:
    """Growing files first, then deleted ones, then the largest."""
    largest = sorted(files, key=lambda one: files[one].size, reverse=True)
    growing = sorted((one for one in files if growth[one] > 0), key=growth.__getitem__, reverse=True)
    deleted = [one for one in largest if files[one].deleted]
    return list(dict.fromkeys([*growing[:LISTED], *deleted[:LISTED], *largest[:LISTED]]))[: 2 * LISTED]


def _use(one: _File, growth: int, holders: Sequence[OpenFile]) -> FileUse:
    pids = tuple(sorted(holder.pid for holder in holders))[:HOLDERS_NAMED]
    return FileUse(
        path=redacted(legible(one.path)),
        size=one.size,
        growth=growth,
        modified_at=datetime.fromtimestamp(one.modified, UTC),
        deleted=one.deleted,
        pids=pids,
        process_names=tuple(one_line(name_of(pid), 64) for pid in pids),
    )


def _shown(facts: LargeFiles) -> str:
    listed = table(
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
    heading = f"in {' '.join(facts.roots)}, and deleted files that are held open anywhere\n"
    note = "" if facts.complete else "\nThe walk was cut by its limit of time or count: there may be more."
    return heading + listed + note
