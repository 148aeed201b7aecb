"""Starting programs: the only module that does. An argument vector, never a shell; default is deny.

A program may be started when `verdicts` knows it and its check finds that the arguments only read, and when the
policy of the organization for which it is started lets it: every caller has to say which that is. It gets a
clean environment and working directory, no standard input, a group of its own that is ended as a whole on time-out,
and output is bounded while it is read.

`act` runs what a person approved: of what may change something, only the few commands that `verdicts.acting` knows.

`serving` is for another kind of program: a server that the operator configured in a file, which talks over its pipes.
No verdict is asked for it, so its command may come from nowhere else.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from aurora_rt.errors import Forbidden
from aurora_rt.settings import child_environment
from aurora_rt.toolsets.policy import Policy
from aurora_rt.toolsets.verdicts import acting, table
from aurora_rt.toolsets.verdicts.table import CHECKS, Check

AT_ONCE: Final = 4
READ_SIZE: Final = 64 * 1024
GRACE_SECONDS: Final = 2.0
SAID_LIMIT: Final = 4096

_slots = asyncio.Semaphore(AT_ONCE)


class CommandDenied(Forbidden):
    """The command is not on the list of those that only read, or the organization's policy denies it."""

    code = "command_denied"


class CommandMissing(Exception):
    """The program is not installed here, or cannot be started."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that has ended. `exit_status` is `None` when it was cut by the time or output limit."""

    exit_status: int | None
    stdout: str
    stderr: str
    truncated: bool


ALLOWED: Final[Mapping[str, Check]] = CHECKS
"""Program → whether these arguments only read."""


def denied(argv: Sequence[str]) -> str | None:
    """Why a command may not be run, in a sentence; `None` when it may."""
    return table.denied(argv, ALLOWED)


async def run(
    argv: Sequence[str],
    *,
    policy: Policy,
    timeout: float,
    output_limit: int,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Finished:
    """Run a program to its end, `timeout` seconds and `output_limit` bytes a stream at most.

    `environment` is added to the clean one.

    Raises `CommandDenied`, and `CommandMissing` when it cannot be started.
    """
    reason = denied(argv)
    if reason is not None:
        raise CommandDenied(reason)
    decision = await asyncio.to_thread(policy.decide, argv)
    if not decision.allowed:
        raise CommandDenied(decision.reason)
    return await _run(argv, timeout, output_limit, environment)


def may_act(argv: Sequence[str]) -> bool:
    """Whether a command may be run once a person approved it: it only reads, or changes one well-known thing."""
    return denied(argv) is None or acting.acts(argv)


async def act(
    argv: Sequence[str],
    *,
    policy: Policy,
    timeout: float,
    output_limit: int,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Finished:
    """As `run`, for a command that a person approved. Raises the same."""
    if not may_act(argv):
        raise CommandDenied("It is not one of the commands that may be run once they are approved.")
    decision = await asyncio.to_thread(policy.decide, argv, "It is approved")
    if not decision.allowed:
        raise CommandDenied(decision.reason)
    return await _run(argv, timeout, output_limit, environment)


async def _run(
    argv: Sequence[str], timeout: float, output_limit: int, environment: Mapping[str, str]
) -> Finished:
    async with _slots:
        try:
            program = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                cwd="/",
                env={**child_environment(), **environment},
                start_new_session=True,
            )
        except OSError as error:
            raise CommandMissing(f"{argv[0]} cannot be started here: {error.strerror}.") from error
        return await _finished(program, timeout, output_limit)


class LineTooLong(Exception):
    """A server printed a line that is longer than is read."""


@dataclass(frozen=True, slots=True)
class Served:
    """A server program that runs: lines to it, lines from it, and the end of what it complained of."""

    program: asyncio.subprocess.Process
    line_limit: int
    heard: bytearray = field(default_factory=bytearray)

    @property
    def said(self) -> str:
        """The end of its standard error."""
        return self.heard.decode(errors="replace")

    async def send(self, line: bytes) -> None:
        """Write to its standard input. Raises `ConnectionError` when it has ended."""
        if self.program.stdin is not None:
            self.program.stdin.write(line)
            await self.program.stdin.drain()

    async def lines(self) -> AsyncIterator[bytes]:
        """The lines of its standard output, to its end. Raises `LineTooLong`."""
        while self.program.stdout is not None:
            try:
                line = await self.program.stdout.readline()
            except ValueError as error:
                raise LineTooLong(f"A line is longer than {self.line_limit // 1024**2} MiB.") from error
            if not line:
                return
            yield line

    async def overhear(self) -> None:
        """Read its standard error, so that it can go on, and keep the end of it."""
        while self.program.stderr is not None and (piece := await self.program.stderr.read(READ_SIZE)):
            self.heard.extend(piece)
            del self.heard[:-SAID_LIMIT]


@asynccontextmanager
async def serving(
    argv: Sequence[str], environment: Mapping[str, str], *, line_limit: int
) -> AsyncIterator[Served]:
    """Start a server program that the operator configured, and end it, with its whole group, after the block.

    Raises `CommandMissing` when it cannot be started.
    """
    try:
        program = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=line_limit,
            cwd="/",
            env={**child_environment(), **environment},
            start_new_session=True,
        )
    except OSError as error:
        raise CommandMissing(f"{argv[0]} cannot be started here: {error.strerror}.") from error
    try:
        yield Served(program, line_limit)
    finally:
        if program.stdin is not None:
            program.stdin.close()  # which asks it to end by itself
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(GRACE_SECONDS):
                    await program.wait()
        finally:
            _end_group(program)
        await _reaped(program)


async def _finished(program: asyncio.subprocess.Process, timeout: float, limit: int) -> Finished:
    out, err = bytearray(), bytearray()
    cut = False
    try:
        async with asyncio.timeout(timeout), asyncio.TaskGroup() as reading:
            for stream, kept in ((program.stdout, out), (program.stderr, err)):
                if stream is not None:
                    reading.create_task(_read(stream, kept, limit))
            await program.wait()
    except TimeoutError:
        cut = True
    finally:
        _end_group(program)
        await _reaped(program)
    truncated = cut or len(out) > limit or len(err) > limit
    return Finished(
        None if cut else program.returncode,
        out[:limit].decode(errors="replace"),
        err[:limit].decode(errors="replace"),
        truncated,
    )


async def _read(stream: asyncio.StreamReader, kept: bytearray, limit: int) -> None:
    """Keep one byte more than the limit, so that cutting is noticed; read on, so that the program can end."""
    while piece := await stream.read(READ_SIZE):
        kept += piece[: max(0, limit + 1 - len(kept))]


async def _reaped(program: asyncio.subprocess.Process) -> None:
    """Read what is left in the pipes of an ended group; asyncio tells of an end only when its pipes are at theirs.

    A descendant that left the group may hold a pipe open for as long as it likes: it is not waited for.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS), asyncio.TaskGroup() as reading:
            for stream in filter(None, (program.stdout, program.stderr)):
                reading.create_task(_read(stream, bytearray(), limit=0))
            await program.wait()


def _end_group(program: asyncio.subprocess.Process) -> None:
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
