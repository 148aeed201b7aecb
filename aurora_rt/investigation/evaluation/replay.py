"""Toolsets that answer from a recording: ordinary ones, to whoever looks through them.

Every tool of a toolset of which anything was recorded can be called; what was not recorded is answered so, which
means unknown, not absent. The recording's measurements and call graph are the toolsets `telemetry` and `topology`.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

import httpx
from pydantic import ConfigDict, ValidationError

from aurora_rt.investigation.evaluation.recording import Measure, Points, RecordedCall, Recording
from aurora_rt.settings import Settings
from aurora_rt.toolsets.comparison import measured, telemetry, told
from aurora_rt.toolsets.telemetry.compare import CompareParameters
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset
from aurora_rt.toolsets.topology import ServiceParameters
from aurora_rt.toolsets.topology.graph import merged
from aurora_rt.toolsets.topology.graph import told as graph_told

NOT_RECORDED: Final = "not recorded"
TIMES: Final = frozenset({"start", "end", "step"})
"""Parameters that say which stretch of time: a recorded answer covers what it covers."""
FORMS: Final = frozenset({"output"})
"""Parameters that say how an answer is written: one that is written otherwise is an answer all the same."""
PARTS: Final = frozenset({"namespace"})
"""Parameters that cut out a part: who asks for everything is given all parts that were recorded."""
CONNECTING: Final = "network.connectivity"
ENDS: Final = frozenset({"from", "host", "port"})
"""The parts of a connection."""


class AnyParameters(Parameters):
    """Whatever a recorded tool was called with."""

    model_config = ConfigDict(frozen=True, extra="allow")


def replay(recording: Recording, known: Mapping[str, Toolset]) -> dict[str, Toolset]:
    """Toolsets by name, for a `Toolbox`: those of `known`, answering from `recording`, and what else it holds."""
    recorded: dict[str, list[RecordedCall]] = {}
    for answer in recording.answers:
        recorded.setdefault(answer.tool, []).append(answer)
    tools: dict[str, dict[str, Tool]] = {}
    for toolset in known.values():
        for tool in toolset.tools:
            name = f"{toolset.name}.{tool.name}"
            tools.setdefault(toolset.name, {})[tool.name] = _played(name, tool, recorded.get(name, ()))
    for toolset_name, own in _own(recording):
        if f"{toolset_name}.{own.name}" not in recorded:  # what a live run saw is what it is judged by
            tools.setdefault(toolset_name, {})[own.name] = own
    for name, answers in recorded.items():
        toolset_name, _, tool_name = name.partition(".")
        if tool_name not in tools.setdefault(toolset_name, {}):
            unknown = Tool(tool_name, "As it was recorded.", _never, AnyParameters)
            tools[toolset_name][tool_name] = _played(name, unknown, answers)
    told = {name.partition(".")[0] for name in recorded} | {name for name, _ in _own(recording)}
    return {name: _toolset(name, members.values(), usable=name in told) for name, members in tools.items()}


def answer_to(parameters: Mapping[str, Any], answers: Iterable[RecordedCall]) -> RecordedCall | None:
    """The recorded answer to a call: the one that names most of its parameters, and none with another value.

    Where only parts of what is asked for were recorded, all of them together.
    """
    asked = _given(parameters)
    known = tuple(answers)
    whole = [one for one in known if _fits(one.params, asked, loose=TIMES | FORMS)]
    if whole:
        return max(whole, key=lambda one: (_same_form(one, asked), len(one.params)))
    connecting = bool(known) and known[0].tool == CONNECTING
    cuts = PARTS | ENDS if connecting else PARTS
    parts = [one for one in known if _fits(one.params, asked, loose=TIMES | FORMS | (cuts - asked.keys()))]
    if connecting and parts:
        return _connections(parts, asked)
    parts = [one for one in parts if one.error is None]
    parts.sort(key=lambda one: not _same_form(one, asked))
    parts = [one for one in parts if one.params.get("output") == parts[0].params.get("output")]
    if len(parts) < 2 or parts[0].params.get("output") in ("yaml", "json"):
        return parts[0] if parts else None
    return RecordedCall(tool=parts[0].tool, params=asked, output="\n".join(one.output for one in parts))


def _connections(parts: list[RecordedCall], asked: Mapping[str, Any]) -> RecordedCall:
    """All attempts that were recorded; a failed one is an answer, too."""
    if len(parts) == 1 and "host" in asked:
        return parts[0]
    return RecordedCall(tool=CONNECTING, params=dict(asked), output="\n".join(map(_routed, parts)))


def _routed(one: RecordedCall) -> str:
    """An answer, failed or not, with from where to where it is: told together they would be mixed up."""
    route = f"{one.params.get('from') or 'here'} -> {one.params.get('host')}:{one.params.get('port') or ''}"
    return "\n".join(f"[{route}] {line}" for line in (one.error or one.output).splitlines())


def _given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value not in (None, "", False)}


def _same_form(one: RecordedCall, asked: Mapping[str, Any]) -> bool:
    return _given(one.params).get("output") == asked.get("output")


def _fits(recorded: Mapping[str, Any], asked: Mapping[str, Any], *, loose: frozenset[str]) -> bool:
    """Whether a recorded call asked for the same, but for parameters that are `loose`."""
    return all(
        name in loose or _written(asked.get(name)) == _written(value)
        for name, value in _given(recorded).items()
    )


def _written(value: object) -> object:
    """A parameter however it is spaced: `rate(x[5m]) > 1` is `rate( x[5m] )>1`."""
    return re.sub(r"\s+", "", value) if isinstance(value, str) else value


def _played(name: str, tool: Tool, answers: Iterable[RecordedCall]) -> Tool:
    recorded = tuple(_canonical(one, tool) for one in answers)

    async def run(parameters: Parameters, _: Access) -> Seen:
        asked = parameters.model_dump(mode="json")
        command = (
            f"{name} {' '.join(f'{key}={value}' for key, value in asked.items() if value not in (None, ''))}"
        )
        found = answer_to(asked, recorded)
        if found is None:
            raise ToolFailed(NOT_RECORDED, command=command.strip())
        if found.error:
            raise ToolFailed(found.error, command=command.strip(), output=found.output)
        read = tool.read(found.output, asked) if tool.read and found.facts is None else found.facts
        return Seen(command.strip(), found.output, read)

    return Tool(tool.name, tool.description, run, tool.parameters, tool.timeout, read=tool.read)


def _canonical(one: RecordedCall, tool: Tool) -> RecordedCall:
    """A recorded call with its parameters written as the tool itself writes them: `po` as `pods`."""
    try:
        given = tool.parameters.model_validate(one.params)
    except ValidationError:
        return one
    return one.model_copy(update={"params": given.model_dump(mode="json", exclude_unset=True)})


def _own(recording: Recording) -> list[tuple[str, Tool]]:
    """What only recordings have: measurements of all places, and who calls whom."""
    found = []
    if recording.series:
        compare = Tool(
            "compare", "Measurements of places beside what is usual.", _compare(recording), CompareParameters
        )
        found.append(("telemetry", compare))
    if recording.calls:
        graph = Tool("dependencies", "Who calls whom.", _dependencies(recording.calls), ServiceParameters)
        found.append(("topology", graph))
    return found


Run = Callable[[Any, Access], Awaitable[Seen]]


def _compare(recording: Recording) -> Run:
    async def run(parameters: CompareParameters, access: Access) -> Seen:
        window = access.window
        start, end = window.start.timestamp(), window.end.timestamp()
        facts = telemetry(
            measured(
                *measure,
                [point for point in points if start <= point[0] <= end],
                [point for point in recording.baseline.get(measure, ()) if not start <= point[0] <= end],
            )
            for measure, points in _asked(recording.series, parameters)
        )
        if not facts.measured:
            raise ToolFailed(NOT_RECORDED, command=_command("telemetry.compare", parameters))
        since = f"Window {window.start:%Y-%m-%d %H:%M} to {window.end:%H:%M} UTC, alert at {window.anchor:%H:%M:%S}.\n"
        return Seen(
            _command("telemetry.compare", parameters), since + told(facts, window.anchor.timestamp()), facts
        )

    return run


def _asked(series: Mapping[Measure, Points], asked: CompareParameters) -> list[tuple[Measure, Points]]:
    part = re.escape(asked.node)
    return [
        (measure, points)
        for measure, points in series.items()
        if asked.metric in ("", measure.metric)
        and asked.statistic in ("", measure.statistic)
        and re.search(part, measure.node, re.IGNORECASE)
    ]


def _dependencies(calls: tuple[tuple[str, str], ...]) -> Run:
    async def run(parameters: ServiceParameters, _: Access) -> Seen:
        command = _command("topology.dependencies", parameters)
        found = merged([calls], parameters.service)
        if not found.calls:
            raise ToolFailed(NOT_RECORDED, command=command)
        return Seen(command, graph_told(found), found)

    return run


def _command(name: str, parameters: Parameters) -> str:
    given = parameters.model_dump(mode="json", exclude_defaults=True)
    return " ".join([name, *(f"{key}={value}" for key, value in given.items())])


def _toolset(name: str, tools: Iterable[Tool], *, usable: bool) -> Toolset:
    reason = None if usable else "Nothing of it was recorded."
    return Toolset(name, name, "Recorded.", "low", tuple(tools), lambda _: reason, _healthy)


async def _healthy(_: Settings, __: httpx.AsyncClient) -> Health:
    return Health("healthy", "Recorded.")


async def _never(_: Parameters, __: Access) -> Seen:
    raise ToolFailed(NOT_RECORDED)
