"""What the logs say around the time of the alert: kills for want of memory, crashes, full disks, errors."""

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding
from aurora_rt.investigation.builtin.wording import clock, code, counted
from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.logs.patterns import template

NEAR: Final = timedelta(minutes=15)
MOST_NAMED: Final = 4

_TELLING: Final[tuple[tuple[re.Pattern[str], Kind, float, str], ...]] = (
    (
        re.compile(r"out of memory|oom[-_ ]?kill|killed process \d+", re.IGNORECASE),
        "memory_pressure",
        0.9,
        "The kernel killed a process for want of memory",
    ),
    (
        re.compile(r"no space left on device|\benospc\b", re.IGNORECASE),
        "disk_filling",
        0.8,
        "Writes failed for want of space",
    ),
    (
        re.compile(r"too many open files|\bemfile\b", re.IGNORECASE),
        "descriptor_exhaustion",
        0.8,
        "Open files ran out",
    ),
    (
        re.compile(r"i/o error|blk_update_request|medium error|ext4-fs error|xfs.*corrupt", re.IGNORECASE),
        "io_saturation",
        0.8,
        "Storage reported errors",
    ),
    (
        re.compile(
            r"segfault|core dumped|kernel panic|general protection|main process exited", re.IGNORECASE
        ),
        "crash",
        0.6,
        "A program crashed",
    ),
    (
        re.compile(
            r"link is down|carrier lost|nf_conntrack: table full|network is unreachable", re.IGNORECASE
        ),
        "network_fault",
        0.6,
        "The network failed",
    ),
    (
        re.compile(r"temperature above threshold|cpu clock throttled", re.IGNORECASE),
        "cpu_saturation",
        0.5,
        "The processor was slowed down because of heat",
    ),
)
"""What to look for, the kind it speaks of, how strongly, and what it says."""


def journal(seen: Evidence[LogLines], anchor: datetime) -> Assessment:
    """What log lines near `anchor` tell."""
    lines = [line for line in seen.facts.lines if line.at is None or abs(line.at - anchor) <= NEAR]
    findings = _telling(seen, lines)
    told = {id(line) for line in lines if _meaning(line)}
    if errors := _errors(seen, [line for line in lines if id(line) not in told]):
        findings.append(errors)
    if findings:
        return Assessment(tuple(findings[:MOST_NAMED]))
    return Assessment(
        cleared=(Cleared("errors", f"The log shows no error near the alert's start {seen.cite}."),)
    )


def _meaning(line: LogLine) -> int | None:
    return next((n for n, (sign, *_) in enumerate(_TELLING) if sign.search(line.text)), None)


def _telling(seen: Evidence[LogLines], lines: list[LogLine]) -> list[Finding]:
    found: defaultdict[int, list[LogLine]] = defaultdict(list)
    for line in lines:
        if (n := _meaning(line)) is not None:
            found[n].append(line)
    findings = []
    for n in sorted(found):
        _, kind, strength, says = _TELLING[n]
        last = found[n][-1]
        at = f" at {clock(last.at)}" if last.at else ""
        times = f", {counted(len(found[n]), 'line')} in all" if len(found[n]) > 1 else ""
        claim = f"{says}{at}: {code(last.text)} {seen.cite}{times}."
        findings.append(Finding(kind, f"log {last.source}", claim, strength, "clue", began_at=found[n][0].at))
    return findings


def _errors(seen: Evidence[LogLines], lines: list[LogLine]) -> Finding | None:
    errors = [line for line in lines if line.priority in ("critical", "error")]
    if not errors:
        return None
    kinds = Counter(template(line.text) for line in errors)
    common, times = kinds.most_common(1)[0]
    example = next(line for line in reversed(errors) if template(line.text) == common)
    claim = (
        f"The log has {counted(len(errors), 'error line')} near the alert's start {seen.cite}; "
        f"most often, {counted(times, 'time')}: {code(example.text)} {seen.cite}."
    )
    strength = 0.3 + 0.05 * min(6, len(errors))
    return Finding("error_rate", f"log {example.source}", claim, strength, "clue", began_at=errors[0].at)
