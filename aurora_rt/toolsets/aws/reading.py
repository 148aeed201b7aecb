"""The tool that calls any operation that only reads."""

import asyncio
import json
from typing import Annotated, Any, Final

from pydantic import Field, JsonValue, StringConstraints

from aurora_rt.toolsets.aws.account import account_of
from aurora_rt.toolsets.aws.client import Request, aws_of
from aurora_rt.toolsets.aws.services import SERVICES
from aurora_rt.toolsets.aws.verdict import denied
from aurora_rt.toolsets.clouds.secrets import discreetly
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

LIMIT: Final = 60_000
"""Characters that are shown."""


class ReadParameters(Parameters):
    """What to call."""

    service: Annotated[str, StringConstraints(max_length=40)] = Field(
        description=f"One of {', '.join(sorted(SERVICES))}."
    )
    operation: Annotated[str, StringConstraints(max_length=100)] = Field(
        description="As the API calls it: DescribeAutoScalingGroups."
    )
    parameters: Annotated[dict[str, JsonValue], Field(max_length=30)] = Field(
        default_factory=dict, description="Its parameters, as the API names them."
    )


async def read(parameters: ReadParameters, access: Access) -> Seen:
    """Call an operation that only reads; its first page."""
    service = SERVICES.get(parameters.service)
    if service is None:
        raise ToolFailed(
            f"{parameters.service} is not one of the services that can be read: {', '.join(SERVICES)}."
        )
    reason = denied(parameters.operation)
    if reason is not None:
        raise ToolFailed(reason)
    account = account_of(access.settings)
    aws = aws_of(account, access)
    wanted = Request(service, parameters.operation, parameters.parameters)
    answer: dict[str, Any] = await aws.ask(wanted, dict[str, Any])
    text = await asyncio.to_thread(json.dumps, answer, indent=1, ensure_ascii=False, default=str)
    shown = text if len(text) <= LIMIT else text[:LIMIT] + "\n… cut"
    return discreetly(Seen(aws.command(wanted), shown), account.secrets)
