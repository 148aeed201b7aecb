"""What may be run once a person approved it, and running it.

Off by default: then an approval is a decision on record, and the person runs the command themself.
"""

from dataclasses import dataclass
from typing import Final

from aurora_rt.redaction import HIDDEN
from aurora_rt.settings import Settings
from aurora_rt.toolsets.command_line import GIT, OUTPUT_LIMIT, SECONDS, shown
from aurora_rt.toolsets.commands import CommandDenied, CommandMissing, act, may_act
from aurora_rt.toolsets.kubernetes.tools import environment
from aurora_rt.toolsets.policy import Policy
from aurora_rt.toolsets.verdicts.text import NotACommand, parsed

IS_OFF: Final = "This server runs no commands that change something: AURORA_ACTIONS is off."
IS_HIDDEN: Final = "Part of it looks like a secret and is hidden."
UNKNOWN: Final = "It is not one of the commands that this server may run. Run it yourself."


class NotBegun(Exception):
    """The command was not started, for a reason that is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Acted:
    """A command that was run. `exit_status` is `None` when it was cut by the time or output limit."""

    exit_status: int | None
    output: str


def by_hand(command: str, settings: Settings) -> str | None:
    """Why a command is for a person to run, in a sentence; `None` when it is run here once it is approved."""
    if settings.actions == "off":
        return IS_OFF
    if HIDDEN in command:
        return IS_HIDDEN
    try:
        return None if may_act(parsed(command)) else UNKNOWN
    except NotACommand as refused:
        return refused.message


async def carried_out(command: str, policy: Policy, settings: Settings) -> Acted:
    """Run an approved command. Raises `NotBegun`."""
    if (reason := by_hand(command, settings)) is not None:
        raise NotBegun(reason)
    try:
        finished = await act(
            parsed(command),
            policy=policy,
            timeout=SECONDS,
            output_limit=OUTPUT_LIMIT,
            environment={**GIT, **environment(settings)},
        )
    except CommandDenied as denied:
        raise NotBegun(denied.message) from denied
    except CommandMissing as missing:
        raise NotBegun(str(missing)) from missing
    return Acted(finished.exit_status, shown(finished))
