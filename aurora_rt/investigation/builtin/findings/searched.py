"""What logs of services complain of since an alert began, and did not before. Pure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding
from aurora_rt.investigation.builtin.signs import Told, telling
from aurora_rt.investigation.builtin.wording import capital, code, counted
from aurora_rt.toolsets.facts.logs import (
    LogLine,
    LogLines,
)
from aurora_rt.toolsets.logs.patterns import template

LEAD: Final = timedelta(minutes=10)
"""Before the alert from which on lines may already be of the trouble."""
MORE: Final = 3
"""How many times as many lines alike make what was usual unusual."""
OF_A_LOG: Final = 0.85
"""What a line counts beside state that was seen."""
FOLLOWS: Final = 0.55
"""What a complaint about another counts, where that other complains itself."""


def searched(seen: Evidence[LogLines], anchor: datetime, service: str) -> Assessment:
    """A finding for each service whose log has begun to complain of something that tells why."""
    by_source: defaultdict[str, list[LogLine]] = defaultdict(list)
    for line in seen.facts.lines:
        by_source[line.source if line.source != "?" else service or "?"].append(line)
    told = {
        source: found
        for source, lines in by_source.items()
        if (found := telling([line.text for line in _new(lines, anchor)]))
    }
    if not told:
        if not seen.facts.lines:
            return Assessment()
        claim = (
            f"{capital(counted(len(seen.facts.lines), 'line'))} of logs tell of nothing new since the alert"
        )
        return Assessment(cleared=(Cleared("errors", f"{claim} {seen.cite}."),))
    findings = [_finding(source, one, told, seen.cite) for source, one in told.items()]
    named = {
        host: (source, one)
        for source, one in told.items()
        if one.sign.kind in ("dependency_down", "dns_failure")
        for host in one.hosts
        if host not in told
    }
    findings += [
        Finding(
            "dependency_down",
            host,
            f"{capital(code(source))} cannot reach {code(host)}: {code(one.line, 220)} {seen.cite}.",
            0.6,
            on_host=False,
            own=True,
        )
        for host, (source, one) in named.items()
    ]
    return Assessment(tuple(findings))


def _new(lines: Sequence[LogLine], anchor: datetime) -> list[LogLine]:
    """The lines around and after the alert of whose like there were few before."""
    since = anchor - LEAD
    before = Counter(template(line.text) for line in lines if line.at is not None and line.at < since)
    after = [line for line in lines if line.at is None or line.at >= since]
    now = Counter(template(line.text) for line in after)
    return [line for line in after if now[template(line.text)] > MORE * before[template(line.text)]]


def _finding(source: str, one: Told, told: dict[str, Told], cite: str) -> Finding:
    follows = any(host in told and host != source for host in one.hosts)
    often = f", {counted(one.times, 'line')} alike" if one.times > 1 else ""
    claim = f"The log of {code(source)} says that {one.sign.says}{often}: {code(one.line, 220)} {cite}."
    strength = one.sign.strength * OF_A_LOG * (FOLLOWS if follows else 1.0)
    return Finding(one.sign.kind, source, claim, strength, on_host=False, own=True)
