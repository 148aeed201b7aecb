"""A toolset whose tools are command templates."""

import asyncio
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets import commands
from aurora_rt.toolsets.declared import words
from aurora_rt.toolsets.declared.parameters import model_of, samples
from aurora_rt.toolsets.declared.shape import Command, CommandsFile, Optional
from aurora_rt.toolsets.facts import AnyFacts
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.logs import reading
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset, Window

OUTPUT_LIMIT: Final = 256 * 1024
SAID: Final = 300
EXAMPLE: Final = datetime(2026, 1, 31, 12, tzinfo=UTC)
GRACE_SECONDS: Final = 3.0
"""How much later than the program the look is cut, so that what it printed is kept."""


def toolset_of(file: CommandsFile) -> Toolset:
    """The toolset. Raises `ValueError` with what is wrong with it."""
    programs = set(file.needs.programs) or {one.every_word()[0] for one in file.tools}
    missing = _missing(programs, map(Path, file.needs.paths))

    async def health(_: Settings, __: httpx.AsyncClient) -> Health:
        lacks = await asyncio.to_thread(_missing, programs, map(Path, file.needs.paths))
        return Health("unhealthy", lacks) if lacks else Health("healthy", "All that it needs is there.")

    return Toolset(
        name=file.name,
        title=file.title,
        description=file.description,
        cost=file.cost,
        tools=tuple(map(_tool, file.tools)),
        unusable=lambda _: missing,
        health=health,
    )


def _missing(programs: Iterable[str], paths: Iterable[Path]) -> str | None:
    for program in sorted(programs):
        if shutil.which(program) is None:
            return f"The program {program} is not installed here."
    return next((f"There is no {path} here." for path in paths if not path.exists()), None)


def _tool(declared: Command) -> Tool:
    try:
        model = model_of(declared.parameters)
        for argv in _trials(declared):
            reason = commands.denied(argv)
            if reason is not None:
                raise ValueError(f"{shlex.join(argv)}: {reason}")
    except ValueError as error:
        raise ValueError(f"tools.{declared.name}: {error}") from error
    looking = Look(declared)
    return Tool(
        name=declared.name,
        description=declared.description,
        run=looking.run,
        parameters=model,
        timeout=declared.timeout + GRACE_SECONDS,
        fresh_for=declared.fresh_for,
        read=lines if declared.facts == "lines" else None,
    )


@dataclass(frozen=True, slots=True)
class Look:
    """One tool, as it looks."""

    declared: Command

    async def run(self, parameters: Parameters, access: Access) -> Seen:
        """Run the command with these values. Raises `ToolFailed`."""
        asked = parameters.model_dump()
        try:
            argv = list(_words(self.declared, asked | words.moments(access.window)))
        except words.BadWord as error:
            raise ToolFailed(str(error)) from error
        command = shlex.join(argv)
        try:
            finished = await commands.run(
                argv, policy=access.policy, timeout=self.declared.timeout, output_limit=OUTPUT_LIMIT
            )
        except commands.CommandDenied as error:
            raise ToolFailed(error.message, command=command) from error
        except commands.CommandMissing as error:
            raise ToolFailed(str(error), command=command) from error
        reason = self._failure(argv[0], finished)
        if reason is not None:
            raise ToolFailed(reason, command=command, output=finished.stdout or finished.stderr)
        output = finished.stdout if finished.stdout.strip() else self.declared.empty
        facts = None
        if self.declared.facts == "lines":
            facts = await asyncio.to_thread(lines, finished.stdout, asked)
        return Seen(command, output, facts)

    def _failure(self, program: str, finished: commands.Finished) -> str | None:
        if finished.exit_status is None:
            return f"{program} did not end within {self.declared.timeout:g} s."
        if finished.exit_status in self.declared.succeeds_with:
            return None
        said = one_line(finished.stderr or finished.stdout, SAID)
        return f"{program} ended with exit status {finished.exit_status}" + (f": {said}" if said else ".")


def lines(output: str, asked: Mapping[str, Any]) -> AnyFacts | None:
    """The lines of a log; a parameter called `service` or `unit` tells who wrote them."""
    return reading.read(output, {"service": asked.get("service") or asked.get("unit")})


def _words(declared: Command, values: Mapping[str, object]) -> Iterator[str]:
    for part in declared.command:
        if not isinstance(part, Optional):
            yield words.filled(part, values)
        elif values.get(part.when) not in (None, False):
            yield from words.every(part.words, values)


def _trials(declared: Command) -> Iterator[list[str]]:
    """The command with sample values: the fewest words, all of them, and all of them with each choice."""
    known = {name: samples(name, one) for name, one in declared.parameters.items()}
    usual = words.moments(Window(EXAMPLE, EXAMPLE, EXAMPLE)) | {
        name: values[0] for name, values in known.items()
    }
    fewest = usual | {name: None for name, one in declared.parameters.items() if not one.always}
    fewest |= {name: False for name, one in declared.parameters.items() if one.type == "boolean"}
    for values in (
        fewest,
        usual,
        *(usual | {name: one} for name, all_of in known.items() for one in all_of[1:]),
    ):
        yield list(_words(declared, values))
