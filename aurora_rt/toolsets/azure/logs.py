"""Queries of Log Analytics (https://learn.microsoft.com/azure/azure-monitor/logs/api/request-format)."""

import asyncio
import re
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import Field, JsonValue, StringConstraints

from aurora_rt.clock import rfc3339
from aurora_rt.toolsets.azure.client import LOG_ANALYTICS, Part, azure_of
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.facts.logs import LogLine, LogLines
from aurora_rt.toolsets.logs.reading import line_of
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.servers import Call
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

KEPT: Final = 500
CELL: Final = 300
_ELSEWHERE: Final = re.compile(r"\bexternal_?data\b|\bhttp_request", re.IGNORECASE)
"""What makes Log Analytics call an address that the query names."""
_SOURCES: Final = ("ContainerName", "AppRoleName", "Computer", "Resource", "_ResourceId")
_TEXTS: Final = ("LogMessage", "Message", "LogEntry", "SyslogMessage", "ResultDescription", "OuterMessage")


class LogParameters(Parameters):
    """What to ask, and where."""

    workspace: Annotated[str, StringConstraints(pattern=r"^[\w-]+$", max_length=100)] = Field(
        description="Identifier of the Log Analytics workspace."
    )
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)] = Field(
        description="KQL; it is asked within the incident's window.",
        examples=["AppExceptions | project TimeGenerated, AppRoleName, OuterMessage"],
    )


class _Column(Part):
    name: str


class _Table(Part):
    columns: tuple[_Column, ...] = ()
    rows: tuple[tuple[JsonValue, ...], ...] = ()


class _Tables(Part):
    tables: tuple[_Table, ...]


async def logs(parameters: LogParameters, access: Access) -> Seen:
    """The rows of a query, within the window."""
    if _ELSEWHERE.search(parameters.query):
        raise ToolFailed("A query that reads from elsewhere than the workspace is not asked.")
    azure, window = azure_of(access), access.window
    span = f"{rfc3339(window.start)}/{rfc3339(latest(window))}"
    command = (
        f"az monitor log-analytics query -w {parameters.workspace} -t {span} "
        f"--analytics-query {shlex.quote(parameters.query)}"
    )
    body = {"query": parameters.query, "timespan": span}
    call = Call(f"/v1/workspaces/{parameters.workspace}/query", {}, command, body)
    answer = await azure.ask(call, _Tables, LOG_ANALYTICS)
    found = answer.tables[0] if answer.tables else _Table()
    return discreetly(await asyncio.to_thread(_seen, command, found), azure.account.secrets)


def _seen(command: str, found: _Table) -> Seen:
    columns = [column.name for column in found.columns]
    rows = found.rows[:KEPT]
    cut = len(rows) < len(found.rows)
    facts = LogLines(origin="Log Analytics", lines=tuple(_line(columns, row) for row in rows), truncated=cut)
    if not rows:
        return Seen(command, "No row within the window.", facts)
    text = table(columns, [[str(value)[:CELL] for value in row] for row in rows])
    return Seen(command, text + ("\n… there are more rows" if cut else ""), facts)


def _line(columns: Sequence[str], row: Sequence[JsonValue]) -> LogLine:
    """A row as a line: what it says is in a column of a known name, or in all of them."""
    named = {name: str(value) for name, value in zip(columns, row, strict=False) if value is not None}
    source = next((named[name].rpartition("/")[2] for name in _SOURCES if named.get(name)), "?")
    told = next((named[name] for name in _TEXTS if named.get(name)), "")
    text = told or " ".join(f"{name}={value}" for name, value in named.items() if name != "TimeGenerated")
    return line_of(text, source, _moment(named.get("TimeGenerated", "")))


def _moment(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
