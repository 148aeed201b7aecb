"""Toolsets as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from aurora_rt.clock import rfc3339


class _Camel(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class ToolShown(_Camel):
    """A tool, and what it can be asked."""

    name: str
    """As people and models see it: `toolset.tool`."""
    description: str
    parameters: dict[str, Any]
    """JSON Schema."""


class ToolsetShown(_Camel):
    """A toolset: whether it can be used, how it is, and why."""

    name: str
    title: str
    description: str
    cost: Literal["low", "moderate", "high"]
    enabled: bool
    status: Literal["healthy", "unhealthy", "disabled", "unknown"]
    message: str
    checked_at: Annotated[datetime, PlainSerializer(rfc3339, return_type=str)] | None
    tools: tuple[ToolShown, ...]


class ToolsetsShown(_Camel):
    """All toolsets."""

    toolsets: tuple[ToolsetShown, ...]
