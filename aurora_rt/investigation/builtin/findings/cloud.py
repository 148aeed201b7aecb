"""What a cloud says of the things that run in it, weighed by whether the alert names them. Pure.

An account holds much that has nothing to do with an alert, and some of it is never well: what shares no name with
the alert is told, and cannot be its cause.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Assessment, Cleared, Finding, Subject
from aurora_rt.investigation.builtin.wording import clock, code, counted, foreign, joined
from aurora_rt.toolsets.facts.cloud import CloudResource, CloudResources
from aurora_rt.toolsets.facts.logs import LogLine, LogLines

SAME: Final = 0.92
"""The alert names the very thing."""
PART: Final = 0.7
"""The alert's name is a part of the thing's, or its text speaks of it."""
UNNAMED: Final = 0.5
"""The alert names nothing."""
ALARM: Final = 0.6
BEFORE: Final = timedelta(hours=1)
SHORTEST: Final = 3
MOST: Final = 4

_SIGNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("out_of_memory", re.compile(r"out ?of ?memory|\boom|memory limit", re.IGNORECASE)),
    ("missing_config", re.compile(r"ResourceInitializationError|(?:retriev|pull)\w* secret", re.IGNORECASE)),
    (
        "image_pull",
        re.compile(r"CannotPull|\bimage\b.{0,200}\b(?:not found|pull)|pull.{0,40}\bimage", re.IGNORECASE),
    ),
    ("disk_filling", re.compile(r"storage-full|disk (?:is )?full|out of (?:disk|storage)", re.IGNORECASE)),
    ("unschedulable", re.compile(r"unable to place|capacity is unavailable|insufficient \w+", re.IGNORECASE)),
    ("probe_failure", re.compile(r"health ?checks?|listen on the port|startup probe", re.IGNORECASE)),
    ("permission_denied", re.compile(r"access ?denied|not authorized|permission", re.IGNORECASE)),
    ("crash", re.compile(r"exit code|essential container|crash", re.IGNORECASE)),
)
_SORTS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("crash", re.compile(r"ECS")),
    ("bad_deploy", re.compile(r"Cloud Run")),
    ("dependency_down", re.compile(r"database|sql|redis|servers$", re.IGNORECASE)),
    ("node_fault", re.compile(r"instance|virtualMachine", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the alert is about, and when it began."""

    names: frozenset[str]
    """Names in it, in lower case."""
    text: str
    """What people wrote about it, in lower case."""
    anchor: datetime

    def closeness(self, one: CloudResource) -> float:
        """How plainly the alert names a resource; 0 when it names others."""
        name = one.name.lower()
        if not self.names.isdisjoint({name, *(also.lower() for also in one.also)}):
            return SAME
        if any(_within(asked, name) or _within(name, asked) for asked in self.names) or _within(
            name, self.text
        ):
            return PART
        return 0.0 if self.names else UNNAMED


def resources(
    seen: Evidence[CloudResources], asked: Asked, what: str = "resource", command: str = ""
) -> Assessment:
    """A finding for each thing that is not well and that the alert may be about; one clue for all others.

    `what` is what was listed, `command` what to type to see it.
    """
    provider = seen.facts.provider
    unwell = [one for one in seen.facts.resources if one.healthy is False]
    if not unwell:
        count = len(seen.facts.resources)
        told = f"none of {counted(count, what)} is said to be unwell" if count else f"there is no {what}"
        return Assessment(cleared=(Cleared("availability", f"In {provider} {told} {seen.cite}."),))
    near = sorted(((asked.closeness(one), one) for one in unwell), key=lambda pair: -pair[0])
    findings = [_finding(one, weight, seen, command) for weight, one in near[:MOST] if weight]
    others = [one for weight, one in near if not weight]
    if others:
        findings.append(_others(others, seen))
    return Assessment(tuple(findings))


def changes(seen: Evidence[LogLines], asked: Asked) -> Assessment:
    """What was changed shortly before the alert on something that it names."""
    found = [line for line in seen.facts.lines if _shortly_before(line, asked) and _about(line, asked)]
    if not found:
        count = len(seen.facts.lines)
        of = f"Of {counted(count, 'change')} in {seen.facts.origin}"
        claim = f"{of}, none shortly before the alert is about what it names"
        return Assessment(cleared=(Cleared("general", f"{claim} {seen.cite}."),)) if count else Assessment()
    last = found[-1]
    at = f"At {clock(last.at)} " if last.at else ""
    more = f", after {counted(len(found) - 1, 'other change')}" if len(found) > 1 else ""
    claim = f"{at}{seen.facts.origin} saw {code(last.text)}{more} {seen.cite}."
    return Assessment(
        (Finding("config_change", last.source, claim, 0.5, "clue", began_at=last.at, on_host=False),)
    )


def names_in(labels: Iterable[str]) -> frozenset[str]:
    """Names that are long enough to tell things apart by, in lower case, without port."""
    bare = (re.sub(r":\d+$", "", label.strip().lower()) for label in labels)
    return frozenset(name for name in bare if len(name) >= SHORTEST and not name.isdigit())


def _finding(one: CloudResource, weight: float, seen: Evidence[CloudResources], command: str) -> Finding:
    alarm = one.sort == "alarm"
    why = f": {code(one.reason, 260)}" if one.reason else ""
    name, state = code(one.name, 80), foreign(one.state, 120)
    provider = seen.facts.provider
    if alarm:
        claim = f"The alarm {name} of {provider} fires ({state}){why} {seen.cite}."
    else:
        claim = (
            f"{provider} says that the {foreign(one.sort, 60)} {name} is not well ({state}){why} {seen.cite}."
        )
    return Finding(
        "metric_deviation" if alarm else _kind(one),
        one.name,
        claim,
        weight * (ALARM if alarm else 1.0),
        "clue" if alarm else "culprit",
        Subject(command=command),
        began_at=one.changed_at,
        on_host=False,
        own=weight >= PART,
    )


def _others(others: Sequence[CloudResource], seen: Evidence[CloudResources]) -> Finding:
    named = joined([code(one.name, 60) for one in others[:MOST]])
    more = f" and {len(others) - MOST} more" if len(others) > MOST else ""
    claim = f"Also not well in {seen.facts.provider}, though the alert names none of it: {named}{more} {seen.cite}."
    return Finding(
        "metric_deviation", f"other resources in {seen.facts.provider}", claim, 0.3, "clue", on_host=False
    )


def _kind(one: CloudResource) -> Kind:
    told = f"{one.reason} {one.state}"
    said = [kind for kind, sign in _SIGNS if sign.search(told)]
    by_sort = [kind for kind, sign in _SORTS if sign.search(one.sort)]
    return (said or by_sort or ["dependency_down"])[0]


def _within(part: str, whole: str) -> bool:
    """Whether `part` stands in `whole` as whole words."""
    return len(part) >= SHORTEST and bool(re.search(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])", whole))


def _shortly_before(line: LogLine, asked: Asked) -> bool:
    return line.at is not None and timedelta() <= asked.anchor - line.at <= BEFORE


def _about(line: LogLine, asked: Asked) -> bool:
    text = f"{line.source} {line.text}".lower()
    return any(_within(name, text) for name in asked.names)
