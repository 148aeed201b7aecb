"""Which tools of a server are offered, and as what."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.declared.endpoints import ServerFile
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.mcp.schema import UnusableSchema, parameters_of
from aurora_rt.toolsets.toolset import Parameters, Seen, Tool

if TYPE_CHECKING:
    from mcp.types import Tool as ListedTool

DESCRIPTION_LIMIT: Final = 800
NAME_LIMIT: Final = 60
TOOLS: Final = 100
"""Tools of one server that are offered, at most."""

Call = Callable[[str, dict[str, Any]], Awaitable[Seen]]
"""(the server's name of a tool, arguments) → what was seen."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The tools, and a sentence on what is not offered."""

    tools: tuple[Tool, ...]
    note: str


def offer_of(file: ServerFile, listed: Iterable["ListedTool"], call: Call) -> Offer:
    """What is offered of the tools that a server lists."""
    every = list(listed)
    tools: dict[str, Tool] = {}
    unusable = 0
    for one in every:
        name = name_of(one.name)
        if not _allowed(file, one) or name in tools or len(tools) == TOOLS:
            continue
        try:
            tools[name] = _tool(file, name, one, call)
        except UnusableSchema:
            unusable += 1
    notes = [f"{len(tools)} of its {len(every)} tools are offered."]
    if unusable:
        notes.append(f"{unusable} cannot be, because their parameters are not described as JSON Schema.")
    if missing := sorted(set(file.tools) - {one.name for one in every}):
        notes.append(f"It has no tool {', '.join(missing)}.")
    return Offer(tuple(tools.values()), " ".join(notes))


def name_of(name: str) -> str:
    """A server's name of a tool as one of ours."""
    ours = re.sub(r"[^A-Za-z0-9_]", "_", name)[:NAME_LIMIT]
    return ours if ours[:1].isalpha() else f"tool_{ours}"


def _allowed(file: ServerFile, one: "ListedTool") -> bool:
    reads = one.annotations is not None and one.annotations.read_only_hint is True
    return one.name in file.tools or (file.read_only and reads)


def _tool(file: ServerFile, name: str, one: "ListedTool", call: Call) -> Tool:
    async def run(parameters: Parameters, _: object) -> Seen:
        return await call(one.name, parameters.model_dump())

    said = one_line(redacted(one.description or one.title or one.name), DESCRIPTION_LIMIT)
    return Tool(
        name=name,
        description=f"In the words of the server {file.name}: {said}",
        run=run,
        parameters=parameters_of(one.input_schema),
        timeout=file.timeout,
    )
