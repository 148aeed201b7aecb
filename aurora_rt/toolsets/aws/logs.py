"""Lines of CloudWatch Logs, and what CloudTrail saw being changed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from aurora_rt.toolsets.aws.account import account_of
from aurora_rt.toolsets.aws.client import aws_of, request
from aurora_rt.toolsets.aws.shapes import LogEvent, LogPage, Trail, TrailPage
from aurora_rt.toolsets.clouds.lines import seen_lines
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.facts.logs import LogLine
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.logs.reading import line_of
from aurora_rt.toolsets.prometheus.times import latest
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

KEPT: Final = 500
COMPLAINTS: Final = "?ERROR ?Error ?error ?Exception ?FATAL ?fatal ?panic ?WARN ?refused ?timeout ?denied"
"""CloudWatch's own way to write one of these words."""


class LogParameters(Parameters):
    """Which log to search, and for what."""

    group: Annotated[str, StringConstraints(pattern=r"^[\w./#-]+$", max_length=512)] = Field(
        description="Name of the log group."
    )
    pattern: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = Field(
        "", description="A filter pattern of CloudWatch Logs; empty: lines that complain."
    )


async def logs(parameters: LogParameters, access: Access) -> Seen:
    """Lines of a log group within the window."""
    account = account_of(access.settings)
    aws, window = aws_of(account, access), access.window
    wanted = request(
        "logs",
        "FilterLogEvents",
        logGroupName=parameters.group,
        startTime=int(window.start.timestamp() * 1000),
        endTime=int(latest(window).timestamp() * 1000),
        filterPattern=parameters.pattern or COMPLAINTS,
        limit=KEPT,
    )
    found, more = await aws.pages(wanted, LogPage)
    service = parameters.group.rpartition("/")[2]
    events = sorted((event for page in found for event in page.events), key=lambda one: one.at)
    lines = await asyncio.to_thread(_lines, events[-KEPT:], service)
    cut = more or len(events) > KEPT
    seen = seen_lines(
        aws.command(wanted), "CloudWatch Logs", lines, "No line within the window.", truncated=cut
    )
    return discreetly(seen, account.secrets)


def _lines(events: Sequence[LogEvent], service: str) -> tuple[LogLine, ...]:
    return tuple(
        line_of(event.message, service, datetime.fromtimestamp(event.at / 1000, UTC)) for event in events
    )


async def changes(_parameters: Parameters, access: Access) -> Seen:
    """Calls that change something, by whom, within the window."""
    account = account_of(access.settings)
    aws, window = aws_of(account, access), access.window
    wanted = request(
        "cloudtrail",
        "LookupEvents",
        "NextToken",
        StartTime=int(window.start.timestamp()),
        EndTime=int(latest(window).timestamp()),
        LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        MaxResults=50,
    )
    # CloudTrail answers two of these calls a second, for the whole account.
    found, more = await aws.pages(wanted, TrailPage, 2)
    lines = [_change(event) for page in found for event in page.events]
    none = "Nothing was changed within the window."
    seen = seen_lines(aws.command(wanted), "CloudTrail", lines, none, truncated=more)
    return discreetly(seen, account.secrets)


def _change(event: Trail) -> LogLine:
    names = [one_line(one.name.rpartition("/")[2], 120) for one in event.resources if one.name]
    service = event.source.partition(".")[0]
    text = f"{service} {event.name} by {event.user or 'somebody'}" + (
        f" on {', '.join(names[:4])}" if names else ""
    )
    return LogLine(
        at=event.at, source=names[0] if names else service or "AWS", priority="info", text=one_line(text, 500)
    )
