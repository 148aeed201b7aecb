"""A postmortem's first draft from an incident's record. Pure: the record in, Markdown out.

Texts of sources, tools and people are shown as they are: what Markdown would read in them is escaped. What the
investigation wrote is Markdown, with its citations `[n]`, and stays so.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from aurora_rt.incidents.schemas import CitationShown, IncidentDetailed
from aurora_rt.investigation.schemas import ChangeSeen, Surroundings

MOST_ALERTS: Final = 12
MOST_FINDINGS: Final = 12
MOST_CHANGES: Final = 12
LINE_LIMIT: Final = 300
_SPECIAL: Final = re.compile(r"([\\`*_\[\]()#<>~])")
_CITED: Final = re.compile(r"\[(\d{1,5})\](?!\()")
_SENTENCE: Final = re.compile(r"(.{20,}?[.!?])(?:\s|$)", re.DOTALL)
_DECISION: Final = re.compile(
    r"\b(decid\w*|agree\w*|let'?s|let us|we(?:'ll| will)|I(?:'ll| will|'m going to)|rolled? back|reverted?|"
    r"restarted?|scaled?|paged?|escalated?|mitigated?|done|fixed)\b",
    re.IGNORECASE,
)
_KINDS: Final = {"diagnostic": "Check", "mitigation": "Mitigate", "remediate": "Fix", "prevent": "Prevent"}
_FINDINGS: Final = {"hypothesis": "Hypothesis", "analysis": "Analysis", "ruled_out": "Ruled out"}
_RAN: Final = {
    "done": "it ran",
    "refused": "it was not run",
    "interrupted": "it was interrupted",
    "by_hand": "to be run by hand",
    "waiting": "it waits for a worker",
    "running": "it runs",
}


def drafted(incident: IncidentDetailed, around: Surroundings, at: datetime) -> str:
    """The draft, as of `at`."""
    lead, rest = _summary(incident.summary)
    sections = [
        ("", _head(incident, at)),
        ("Summary", [lead or _asked("What happened, in two sentences?")]),
        ("Impact", _impact(incident, around)),
        ("Time line", _time_line(incident, around)),
        ("Cause", _cause(incident, rest)),
        ("What was done", _done(incident)),
        ("Decisions", _decisions(incident)),
        ("Action items", _actions(incident)),
        (
            "Lessons",
            [f"- {_asked(one)}" for one in ("What went well?", "What went badly?", "Where were we lucky?")],
        ),
    ]
    title = f"# Postmortem: {_plain(incident.alert.title)}"
    told = ["\n".join([f"## {name}", "", *lines] if name else lines) for name, lines in sections if lines]
    return "\n\n".join([title, *told]) + "\n"


def _head(incident: IncidentDetailed, at: datetime) -> list[str]:
    facts = [
        ("Severity", _plain(incident.severity)),
        ("Service", _plain(incident.alert.service)),
        ("Environment", _plain(incident.environment)),
        ("Source", _plain(incident.alert.source)),
        ("Began", _moment(incident.started_at)),
        ("Over", _over(incident)),
    ]
    lines = [f"- **{name}:** {value}" for name, value in facts if value]
    return [*lines, "", f"*Drafted from the record on {_moment(at)}; all times are UTC.*"]


def _over(incident: IncidentDetailed) -> str:
    if incident.resolved_at is None:
        return "not yet"
    seconds = (incident.resolved_at - incident.started_at).total_seconds()
    return f"{_moment(incident.resolved_at)}, after {_length(seconds)}"


def _impact(incident: IncidentDetailed, around: Surroundings) -> list[str]:
    services = [one for one in (incident.alert.service, *incident.affected_services) if one]
    lines = []
    if services:
        lines.append(f"- Affected: {', '.join(_plain(one) for one in dict.fromkeys(services))}")
    alerts = around.alerts
    counted = f"{len(alerts)} alerts" if len(alerts) != 1 else "One alert"
    ended = [one.ended_at for one in alerts if one.ended_at is not None]
    span = f" until {_moment(max(ended))}" if alerts and len(ended) == len(alerts) else ""
    if alerts:
        lines.append(f"- {counted}, from {_moment(alerts[0].started_at)}{span}")
    return [*lines, f"- {_asked('Who noticed, and what could they not do?')}"]


def _time_line(incident: IncidentDetailed, around: Surroundings) -> list[str]:
    told = sorted(_happened(incident, around), key=lambda one: one[0])
    several = len({at.date() for at, _ in told}) > 1
    return [f"- **{_day(at) + ' ' if several else ''}{at:%H:%M:%S}** {text}" for at, text in told]


def _happened(incident: IncidentDetailed, around: Surroundings) -> Iterator[tuple[datetime, str]]:
    for change in around.changes[-MOST_CHANGES:]:
        yield change.at, f"{_change(change)} [{change.citation}]"
    for alert in around.alerts[:MOST_ALERTS]:
        name = f"“{_plain(alert.title)}”" + (f" ({_plain(alert.service)})" if alert.service else "")
        yield alert.started_at, f"The alert {name} began"
        if alert.ended_at is not None:
            yield alert.ended_at, f"The alert {name} was over"
    yield incident.created_at, "The incident was opened"
    yield from _found(incident)
    if incident.analyzed_at is not None:
        yield incident.analyzed_at, "The analysis was complete"
    for approval in incident.approvals:
        if approval.decided_at is not None and approval.status in ("approved", "declined"):
            who = _plain(approval.by_name) or "Somebody"
            yield approval.decided_at, f"{who} {approval.status} {_code(approval.command)}"
    for message in _decided(incident):
        yield message[0], f"In the chat: {message[1]}"
    if incident.resolved_at is not None:
        yield incident.resolved_at, "The incident was resolved"


def _found(incident: IncidentDetailed) -> Iterator[tuple[datetime, str]]:
    """The latest of what was supposed, weighed and ruled out: what led to the cause."""
    findings = [one for one in incident.streaming_thoughts if one.type in _FINDINGS]
    for one in findings[-MOST_FINDINGS:]:
        yield one.timestamp, f"{_FINDINGS[one.type]}: {_first_sentence(one.content)}"


def _change(change: ChangeSeen) -> str:
    what = {"deploy": "Deployment", "rollback": "Rollback", "flag": "Flag", "config": "Configuration"}
    said = [f"{what.get(change.kind, 'Change')} of {_plain(change.service)}" if change.service else "Change"]
    if change.version:
        said.append(f"version {_plain(change.version)}")
    if change.by:
        said.append(f"by {_plain(change.by)}")
    text = f": {_plain(change.text)}" if change.text else ""
    return ", ".join(said) + (" failed" if change.failed else "") + text


def _cause(incident: IncidentDetailed, rest: str) -> list[str]:
    lead, _ = _summary(incident.summary)
    if not lead:
        return [_asked("The record holds no cause: what was it, and what shows that?")]
    cited = [one for one in incident.citations if one.key in set(_CITED.findall(incident.summary))]
    evidence = ["", "### Evidence", "", *map(_evidence, cited)] if cited else []
    return [rest or lead, *evidence]


def _evidence(citation: CitationShown) -> str:
    command = citation.command.strip().split("\n")[0]
    return (
        f"- [{citation.key}] {_code(command)} ({_plain(citation.tool_name)}, {citation.executed_at:%H:%M:%S})"
    )


def _done(incident: IncidentDetailed) -> list[str]:
    lines = []
    for one in incident.approvals:
        if one.status != "approved":
            continue
        ran = _RAN.get(one.run, "")
        exit_status = f" (exit status {one.exit_status})" if one.exit_status not in (None, 0) else ""
        cite = f" [{one.citation}]" if one.citation else ""
        lines.append(f"- {_code(one.command)}, approved by {_plain(one.by_name)}: {ran}{exit_status}{cite}")
    return lines or [_asked("The record holds no action: what ended it?")]


def _decisions(incident: IncidentDetailed) -> list[str]:
    return [f"- {at:%H:%M:%S} {text}" for at, text in _decided(incident)]


def _decided(incident: IncidentDetailed) -> list[tuple[datetime, str]]:
    """What people said in the chat that reads as a decision or as something done, not as a question."""
    said = (one for chat in incident.chat_sessions for one in chat.messages if one.sender == "user")
    return [
        (one.timestamp, _plain(one.text))
        for one in said
        if _DECISION.search(one.text) and not one.text.rstrip().endswith("?")
    ]


def _actions(incident: IncidentDetailed) -> list[str]:
    lines = []
    for one in incident.suggestions:
        kind = _KINDS.get(one.type, "Do")
        lines.append(
            f"- [ ] **{_plain(one.title)}** ({kind}, risk {_plain(one.risk)}): {_lines(one.description)}"
        )
        if one.command:
            lines.append(f"  {_code(one.command)}")
    return [*lines, f"- [ ] {_asked('What would have kept it from happening, and who does it by when?')}"]


def _summary(text: str) -> tuple[str, str]:
    """The summary's first paragraph, and all of it where there is more."""
    lead, _, rest = text.strip().partition("\n\n")
    return lead, text.strip() if rest.strip() else ""


def _first_sentence(text: str) -> str:
    line = _lines(text)
    found = _SENTENCE.match(line)
    return _cut(found[1] if found else line)


def _lines(text: str) -> str:
    """Markdown on one line."""
    return " ".join(text.split())


def _plain(text: str) -> str:
    """A text that is no Markdown, on one line, so that Markdown shows it as it is."""
    return _SPECIAL.sub(r"\\\1", _cut(_lines(text)))


def _code(text: str) -> str:
    line = _cut(_lines(text)).replace("`", "'")
    return f"`{line}`"


def _cut(text: str) -> str:
    return text if len(text) <= LINE_LIMIT else f"{text[:LINE_LIMIT]}…"


def _asked(question: str) -> str:
    return f"*{question}*"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _length(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 1:
        return f"{int(seconds)} s"
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
