"""Lines that services began to write since an alert, or write far more often, whatever they say. Pure."""

from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.finding import Assessment, Finding, Subject
from aurora_rt.investigation.builtin.signs import telling
from aurora_rt.investigation.builtin.wording import code, counted, plain
from aurora_rt.toolsets.facts.logs import LogPattern, LogPatterns

MANY: Final = 10
"""Lines from which on more of them than before is no accident."""
TIMES: Final = 3.0
"""How many times as often they must come."""
A_FEW: Final = 3
"""Lines of an error that there was none of before."""
VOLUME: Final = 1.5
"""How many times as many complaints in all are worth telling."""
MOST_TOLD: Final = 4


def patterns(seen: Evidence[LogPatterns]) -> Assessment:
    """A finding for each service whose log has a new or exploding kind of line; what `telling` knows is left to it."""
    found: dict[str, Finding] = {}
    services = {one.source for one in seen.facts.patterns}
    for one in seen.facts.patterns:
        if one.source in found or not _unusual(one) or telling([one.example]):
            continue
        found[one.source] = _finding(one, seen, services)
        if len(found) >= MOST_TOLD:
            break
    findings = sorted(found.values(), key=lambda one: -one.strength)
    return Assessment((*findings, *_volume(seen)))


def _unusual(one: LogPattern) -> bool:
    if one.priority == "info":
        return False
    if not one.before:
        return one.since >= (A_FEW if one.priority in ("critical", "error") else MANY)
    return one.since >= MANY and one.per_minute_since >= TIMES * one.per_minute_before


def _finding(one: LogPattern, seen: Evidence[LogPatterns], services: set[str]) -> Finding:
    share = one.since / max(1, seen.facts.since)
    usual = (
        "not once before" if not one.before else f"{plain(round(one.per_minute_before, 2))} a minute before"
    )
    most = (
        f", {share:.0%} of all complaints"
        if share >= 0.5 and seen.facts.since >= MANY and len(services) > 1
        else ""
    )
    claim = (
        f"The log of {code(one.source)} has {counted(one.since, 'line')} of a kind since the alert, {usual}{most}: "
        f"{code(one.example, 220)} {seen.cite}."
    )
    strength = 0.45 + (0.1 if one.priority in ("critical", "error") else 0.0) + 0.1 * min(1.0, share)
    subject = Subject(command=seen.short_command)
    return Finding("error_rate", one.source, claim, strength, subject=subject, on_host=False, inferred=True)


def _volume(seen: Evidence[LogPatterns]) -> tuple[Finding, ...]:
    """That there is more to complain of in all, as context."""
    facts = seen.facts
    before = sum(one.per_minute_before for one in facts.patterns)
    since = sum(one.per_minute_since for one in facts.patterns)
    if facts.since < MANY or not before or since < VOLUME * before:
        return ()
    claim = (
        f"Logs have {counted(facts.since, 'line')} that complain since the alert and {facts.before} before, "
        f"{plain(round(since / before, 1))} times as many a minute {seen.cite}."
    )
    return (Finding("error_rate", "logs", claim, 0.3, "symptom", on_host=False),)
