"""Toolset `commands`: one plain command line, run on this host if it only reads and the organization lets it."""

import shlex
from typing import Annotated, Final

import httpx
from pydantic import Field

from aurora_rt.settings import Settings
from aurora_rt.toolsets.commands import CommandDenied, CommandMissing, Finished, run
from aurora_rt.toolsets.kubernetes.tools import environment
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset
from aurora_rt.toolsets.verdicts.table import CHECKS
from aurora_rt.toolsets.verdicts.text import NotACommand, parsed

SECONDS: Final = 20.0
OUTPUT_LIMIT: Final = 256 * 1024
GIT: Final = {
    # `git status` writes the index otherwise, and starts what a repository calls its monitor of files
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
}


class CommandParameters(Parameters):
    """What to run."""

    command: Annotated[
        str,
        Field(
            min_length=1,
            max_length=2000,
            description="One command that only reads, as it is typed, without pipes and other shell syntax: df -h",
        ),
    ]


async def command(parameters: CommandParameters, access: Access) -> Seen:
    """Run a command and show what it says."""
    typed = parameters.command.strip()
    try:
        finished = await run(
            parsed(typed),
            policy=access.policy,
            timeout=SECONDS,
            output_limit=OUTPUT_LIMIT,
            environment={**GIT, **environment(access.settings)},
        )
    except (NotACommand, CommandDenied) as refused:
        raise ToolFailed(refused.message, command=typed) from refused
    except CommandMissing as missing:
        raise ToolFailed(str(missing), command=typed) from missing
    if finished.exit_status is None:
        raise ToolFailed(
            f"The command did not end within {SECONDS:.0f} s.", command=typed, output=finished.stdout
        )
    return Seen(typed, shown(finished))


def shown(finished: Finished) -> str:
    """Both streams, and the exit status where it tells something: `grep` that finds nothing says so by it alone."""
    parts = [part.rstrip("\n") for part in (finished.stdout, finished.stderr) if part.strip()]
    if finished.exit_status:
        parts.append(f"(exit status {finished.exit_status})")
    if finished.truncated:
        parts.append("(cut: the output was longer than is kept)")
    return "\n".join(parts) or "(no output)"


def usable(_: Settings) -> str | None:
    """There is always something that may be run."""
    return None


async def health(_: Settings, __: httpx.AsyncClient) -> Health:
    """How many programs are known."""
    return Health(
        "healthy", f"{len(CHECKS)} programs may be run on this host, where their arguments only read."
    )


TOOLSET: Final = Toolset(
    name="commands",
    title="Commands",
    description="One command on this host that only reads, as the organization's rules allow.",
    cost="moderate",
    tools=(
        Tool(
            "run",
            f"One command that only reads, run without a shell: {shlex.join(sorted(CHECKS))}.",
            command,
            CommandParameters,
            timeout=SECONDS + 5,
        ),
    ),
    unusable=usable,
    health=health,
)
