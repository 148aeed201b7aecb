"""Lines of Cloud Logging, and what its audit log saw being changed."""

import asyncio
import json
import shlex
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.clouds.lines import seen_lines
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.gcp.client import Page, Part, google_of
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.logs.reading import line_of
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

KEPT: Final = 500
AUDIT: Final = 'logName:"cloudaudit.googleapis.com%2Factivity"'
_NAMING: Final = ("service_name", "container_name", "database_id", "function_name", "instance_id")
"""Labels of a resource that name what people call the service."""
_PRIORITIES: Final[dict[str, Literal["critical", "error", "warning", "info"]]] = {
    "EMERGENCY": "critical",
    "ALERT": "critical",
    "CRITICAL": "critical",
    "ERROR": "error",
    "WARNING": "warning",
    "NOTICE": "info",
    "INFO": "info",
    "DEBUG": "info",
}


class LogParameters(Parameters):
    """What to search for."""

    filter: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = Field(
        "", description="A filter of Cloud Logging; empty: warnings and worse."
    )


class _Resource(Part):
    type: str = ""
    labels: dict[str, str] = Field(default_factory=dict)


class _Entry(Part):
    timestamp: datetime
    severity: str = ""
    text_payload: str = ""
    json_payload: dict[str, Any] = Field(default_factory=dict)
    proto_payload: dict[str, Any] = Field(default_factory=dict)
    resource: _Resource = _Resource()


class _Entries(Page):
    entries: tuple[_Entry, ...] = ()


_Read = Callable[[_Entry], LogLine]


async def logs(parameters: LogParameters, access: Access) -> Seen:
    """Lines within the window, the newest if there are too many."""
    return await _look(access, parameters.filter or "severity>=WARNING", "Cloud Logging", _line)


async def changes(_parameters: Parameters, access: Access) -> Seen:
    """Calls that change something, by whom, within the window."""
    return await _look(access, AUDIT, "Cloud Audit Logs", _change)


async def _look(access: Access, wanted: str, origin: str, read: _Read) -> Seen:
    google, window = await google_of(access), access.window
    within = f'timestamp>="{rfc3339(window.start)}" AND timestamp<="{rfc3339(latest(window))}"'
    full = f"{within} AND ({wanted})"
    body = {
        "resourceNames": [f"projects/{google.account.project}"],
        "filter": full,
        "orderBy": "timestamp desc",
        "pageSize": KEPT,
    }
    command = f"gcloud logging read {shlex.quote(full)} --project={google.account.project} --limit={KEPT}"
    found, more = await google.pages("logging", Call("/v2/entries:list", {}, command, body), _Entries, 2)
    entries = [entry for page in found for entry in page.entries][:KEPT]
    lines = await asyncio.to_thread(_read_all, entries, read)
    seen = seen_lines(command, origin, lines, "Nothing within the window.", truncated=more)
    return discreetly(seen, google.account.secrets)


def _read_all(entries: Sequence[_Entry], read: _Read) -> list[LogLine]:
    return [read(entry) for entry in entries]


def _line(entry: _Entry) -> LogLine:
    labels = entry.resource.labels
    source = next((labels[name] for name in _NAMING if labels.get(name)), entry.resource.type or "?")
    told = entry.json_payload.get("message")
    text = entry.text_payload or (told if isinstance(told, str) else "")
    line = line_of(text or json.dumps(entry.json_payload or entry.proto_payload), source, entry.timestamp)
    priority = _PRIORITIES.get(entry.severity)
    return line.model_copy(update={"priority": priority}) if priority else line


def _change(entry: _Entry) -> LogLine:
    payload = entry.proto_payload
    who = payload.get("authenticationInfo")
    name = str(payload.get("resourceName") or "")
    by = str(who.get("principalEmail") or "somebody") if isinstance(who, dict) else "somebody"
    text = f"{payload.get('methodName') or 'a change'} by {by} on {name or entry.resource.type}"
    source = one_line(name.rpartition("/")[2] or entry.resource.type or "?", 120)
    return LogLine(at=entry.timestamp, source=source, priority="info", text=one_line(text, 500))
