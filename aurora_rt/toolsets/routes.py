"""Toolsets over REST."""

from functools import cache
from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response

from aurora_rt.identity.http import Callers
from aurora_rt.toolsets.checkup import Checked, Checkup
from aurora_rt.toolsets.schemas import ToolsetShown, ToolsetsShown, ToolShown
from aurora_rt.toolsets.toolset import Parameters
from aurora_rt.web.bodies import answer


def routes(checkup: Checkup, callers: Callers) -> Blueprint:
    """The route `/api/toolsets`."""
    blueprint = Blueprint("toolsets", __name__, url_prefix="/api/toolsets")

    @blueprint.get("")
    @document_response(ToolsetsShown)
    async def listed() -> Response:
        """What the investigator can look at: which toolsets are enabled, how they are, and why not."""
        await callers.current()
        return answer(ToolsetsShown(toolsets=tuple(map(_shown, checkup.report()))))

    return blueprint


def _shown(one: Checked) -> ToolsetShown:
    toolset = one.toolset
    return ToolsetShown(
        name=toolset.name,
        title=toolset.title,
        description=toolset.description,
        cost=toolset.cost,
        enabled=one.status != "disabled",
        status=one.status,
        message=one.message,
        checked_at=one.at,
        tools=tuple(
            ToolShown(
                name=f"{toolset.name}.{tool.name}",
                description=tool.description,
                parameters=_schema(tool.parameters),
            )
            for tool in toolset.tools
        ),
    )


@cache
def _schema(parameters: type[Parameters]) -> dict[str, Any]:
    return parameters.model_json_schema()
