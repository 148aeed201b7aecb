"""Which file systems fill, and by what: files that are large or grow, and who holds them open."""

import math
from pathlib import PurePosixPath
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import (
    Assessment,
    Cleared,
    Finding,
    Role,
    Subject,
    share_of,
)
from aurora_rt.investigation.builtin.wording import code, joined, plain, rate, size
from aurora_rt.toolsets.facts.host import (
    Filesystem,
    Filesystems,
    FileUse,
    LargeFiles,
)

FULL_PERCENT: Final = 85.0
SPENT_PERCENT: Final = 99.0
"""From here on whoever writes there fails."""
INODES_PERCENT: Final = 90.0
GROWTH: Final = 0.5 * 1024 * 1024
"""Bytes a second: from here on a file or file system fills notably."""
LARGE_SHARE: Final = 0.1
"""Of its file system."""
HELD_SIZE: Final = 100 * 1024 * 1024
"""A deleted file of this size that somebody still holds is worth a sentence."""
MOST_NAMED: Final = 4
MOST_SEARCHED: Final = 2


def file_systems(seen: Evidence[Filesystems], wanted: str = "") -> Assessment:
    """Which file systems are full or fill. `wanted` is the mount point that the alert names, if any."""
    findings = [finding for system in seen.facts.filesystems if (finding := _system(seen, system))]
    findings.sort(key=lambda finding: (finding.subject.mount != wanted, -finding.strength, finding.node))
    cleared: list[Cleared] = []
    if not findings and seen.facts.filesystems:
        fullest = max(seen.facts.filesystems, key=lambda system: system.used_percent)
        percent = seen.shown(f"{fullest.used_percent:.1f}", f"{fullest.used_percent:.0f}")
        claim = f"No file system is nearly full or fills fast; the fullest is {code(fullest.mount)} with {percent} %"
        cleared.append(Cleared("disk", f"{claim} {seen.cite}."))
    return Assessment(tuple(findings[:MOST_NAMED]), tuple(cleared))


def files(seen: Evidence[LargeFiles], systems: Evidence[Filesystems] | None, wanted: str = "") -> Assessment:
    """Which files take the space. Sizes are weighed against the file system that holds them, where it is known."""
    known = systems.facts.filesystems if systems else ()
    findings = []
    for file in seen.facts.files:
        system = holding(file.path, known)
        if finding := _file(seen, file, system, wanted):
            findings.append(finding)
    findings.sort(key=lambda finding: (-finding.strength, finding.node))
    if findings:
        return Assessment(tuple(findings[:MOST_NAMED]))
    part = "" if seen.facts.complete else " among those that could be looked at in the time there was"
    return Assessment(cleared=(Cleared("disk", f"No file grows fast or is very large{part} {seen.cite}."),))


def deeper(systems: Evidence[Filesystems] | None, wanted: str) -> list[str]:
    """Where else to look for what takes the space: at the mount point that is wanted, and where nothing is left."""
    known = systems.facts.filesystems if systems else ()
    spent = sorted((one for one in known if _is_spent(one)), key=lambda one: one.free)
    return list(dict.fromkeys([*([wanted] if wanted else []), *(one.mount for one in spent)]))[:MOST_SEARCHED]


def _is_spent(system: Filesystem) -> bool:
    """Whether there is no room to write. Images that are mounted are full by nature, and never written."""
    return system.used_percent >= SPENT_PERCENT and system.type not in ("squashfs", "iso9660", "erofs")


def holding(path: str, systems: tuple[Filesystem, ...]) -> Filesystem | None:
    """The file system that holds `path`: the one with the deepest mount point above it."""
    above = [system for system in systems if PurePosixPath(path).is_relative_to(system.mount)]
    return max(above, key=lambda system: len(PurePosixPath(system.mount).parts), default=None)


def _system(seen: Evidence[Filesystems], system: Filesystem) -> Finding | None:
    percent = seen.shown(f"{system.used_percent:.1f}", f"{system.used_percent:.0f}")
    says, strength = [], 0.0
    if system.used_percent >= FULL_PERCENT:
        says.append(f"is {percent} % full, with {seen.shown(size(system.free))} free")
        strength = 0.5 + share_of(system.used_percent - FULL_PERCENT, 30)
    if system.growth >= GROWTH:
        says.append(f"grows by {seen.shown(rate(system.growth), size(system.growth))}")
        strength = max(strength, 0.3 + 0.6 * _magnitude(system.growth))
    if system.inodes_percent is not None and system.inodes_percent >= INODES_PERCENT:
        says.append(f"has used {seen.shown(plain(system.inodes_percent))} % of its inodes")
        strength = max(strength, 0.8)
    if not says:
        return None
    claim = f"File system {code(system.mount)} {joined(says)} {seen.cite}."
    node = f"file system {system.mount}"
    role: Role = "culprit" if _is_spent(system) else "symptom"
    return Finding("disk_filling", node, claim, min(1.0, strength), role, Subject(mount=system.mount))


def _file(
    seen: Evidence[LargeFiles], file: FileUse, system: Filesystem | None, wanted: str
) -> Finding | None:
    share = share_of(file.size, system.total) if system else 0.0
    grows = file.growth >= GROWTH
    held = file.deleted and file.size >= HELD_SIZE
    if not grows and not held and share < LARGE_SHARE:
        return None
    strength = max(
        0.4 + 0.6 * _magnitude(file.growth) if grows else 0.0,
        0.3 + share if held or share >= LARGE_SHARE else 0.0,
    )
    if wanted and system and system.mount != wanted:
        strength *= 0.6
    holder = _holder(file)
    return Finding(
        "disk_filling",
        f"process {file.pids[0]} ({file.process_names[0]})" if holder else f"file {file.path}",
        f"{_says(seen, file, grows)} {seen.cite}{holder and f'; {holder} open {seen.cite}'}.",
        min(1.0, strength),
        subject=Subject(path=file.path, deleted=file.deleted, mount=system.mount if system else ""),
    )


def _says(seen: Evidence[LargeFiles], file: FileUse, grows: bool) -> str:
    growth = f" and grows by {seen.shown(rate(file.growth), size(file.growth))}" if grows else ""
    deleted = ", deleted but still held open," if file.deleted else ""
    return f"File {code(file.path)}{deleted} has {seen.shown(size(file.size))}{growth}"


def _holder(file: FileUse) -> str:
    if not file.pids or not file.process_names:
        return ""
    others = f" and {len(file.pids) - 1} more" if len(file.pids) > 1 else ""
    verb = "hold" if others else "holds"
    return f"process {file.pids[0]} ({file.process_names[0]}){others} {verb} it"


def _magnitude(growth: float) -> float:
    return share_of(math.log2(max(growth, GROWTH) / GROWTH), 4)
