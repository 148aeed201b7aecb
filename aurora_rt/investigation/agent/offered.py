"""The tools of a conversation, as pydantic-ai calls them. What goes wrong comes back to the model as text."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_ai import ModelRetry, RunContext
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.toolsets.abstract import AbstractToolset, ToolsetTool
from pydantic_core import SchemaValidator, core_schema

from aurora_rt.investigation.agent.catalogue import Listed, plain

ANY_OBJECT: Final = SchemaValidator(
    core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())
)
"""What parameters have to be here; whoever is called says what is wrong with them, in words."""
TRIES: Final = 50
"""Of one call in one step. The number of steps is what bounds a model that learns nothing."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that a model may call; `call` raises `NotSo` with what it should do otherwise."""

    name: str
    description: str
    schema: Mapping[str, Any]
    call: Callable[[dict[str, Any]], Awaitable[str]]


class NotSo(Exception):
    """A call that cannot be made so; says why."""


def of_model(
    name: str, description: str, shape: type[BaseModel], call: Callable[[Any], Awaitable[str]]
) -> Tool:
    """A tool whose parameters are a pydantic model."""

    async def checked(parameters: dict[str, Any]) -> str:
        try:
            given = shape.model_validate(parameters)
        except ValidationError as error:
            raise NotSo(_told(error)) from error
        return await call(given)

    return Tool(name, description, plain(shape.model_json_schema(), described=False), checked)


def of_looks(listed: Sequence[Listed], look: Callable[[str, dict[str, Any]], Awaitable[str]]) -> list[Tool]:
    """The tools to look with."""

    def calling(tool: str) -> Callable[[dict[str, Any]], Awaitable[str]]:
        return lambda parameters: look(tool, parameters)

    return [Tool(one.name, one.description, one.schema, calling(one.offer.name)) for one in listed]


class Offered(AbstractToolset[None]):
    """The tools of one step."""

    def __init__(self, callables: Sequence[Tool]) -> None:
        self._callables = {one.name: one for one in callables}

    @property
    def id(self) -> str:
        """Its name."""
        return "offered"

    async def get_tools(self, ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:  # noqa: ARG002
        """The tools, as pydantic-ai wants to know them."""
        return {name: self._tool(one) for name, one in self._callables.items()}

    async def call_tool(
        self,
        name: str,
        tool_args: dict[str, Any],
        ctx: RunContext[None],  # noqa: ARG002
        tool: ToolsetTool[None],  # noqa: ARG002
    ) -> str:
        """Call one."""
        try:
            return await self._callables[name].call(tool_args)
        except NotSo as reason:
            raise ModelRetry(str(reason)) from reason

    def _tool(self, one: Tool) -> ToolsetTool[None]:
        definition = ToolDefinition(
            name=one.name, description=one.description, parameters_json_schema=dict(one.schema), strict=False
        )
        return ToolsetTool(toolset=self, tool_def=definition, max_retries=TRIES, args_validator=ANY_OBJECT)


def _told(error: ValidationError) -> str:
    """What is wrong with parameters, in a few lines."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[:5]
    return "\n".join(f"{'.'.join(map(str, one['loc'])) or 'parameters'}: {one['msg']}" for one in wrong)
