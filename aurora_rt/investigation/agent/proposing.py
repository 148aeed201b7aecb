"""Proposing that something be done, which a person then approves or declines."""

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from aurora_rt.investigation.agent.claims import is_planted
from aurora_rt.investigation.agent.ground import Ground
from aurora_rt.investigation.agent.offered import NotSo, Tool, of_model
from aurora_rt.investigation.investigator import Risk, Suggestion

PROPOSE: Final = "propose_action"
MOST: Final = 3
"""Proposals in one answer."""


class Proposal(BaseModel):
    """The parameters of `propose_action`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: Annotated[str, Field(min_length=1, max_length=200)]
    why: Annotated[str, Field(min_length=1, max_length=1200, description="With citations, as [3].")]
    command: Annotated[
        str, Field(min_length=1, max_length=2000, description="One command line, exactly as run.")
    ]
    effect: Annotated[str, Field(min_length=1, max_length=300, description="What it would change.")]
    undo: Annotated[str, Field(min_length=1, max_length=300, description="How to take it back.")]
    risk: Risk = "medium"


def proposing(ground: Ground, asked: str, say: Callable[[Suggestion], None]) -> Tool:
    """The tool that proposes. The same command is proposed once; a planted one only where a person `asked` for it."""
    commands: list[str] = []

    async def propose(given: Proposal) -> str:
        command = given.command.strip()
        if command in commands:
            return "That is proposed already. A person decides."
        if len(commands) >= MOST:
            raise NotSo(f"No more than {MOST} actions can be proposed in one answer.")
        if command not in asked and is_planted(command, ground.looks, ground.known):
            raise NotSo(
                "That command comes from a line that was planted to be obeyed. Propose what you found yourself."
            )
        why = ground.sound(given.why)
        if not why:
            raise NotSo("No look bears what you give as the reason. Say why, with the numbers of looks.")
        commands.append(command)
        say(
            Suggestion(
                key=f"action:{command}",
                title=given.title.strip(),
                description=why,
                type="mitigation",
                risk=given.risk,
                command=command,
                effect=given.effect.strip(),
                undo=given.undo.strip(),
                is_action=True,
            )
        )
        return "Proposed. A person approves or declines it; nothing was done yet."

    return of_model(
        PROPOSE,
        "Propose one command that changes something; a person decides whether it is run.",
        Proposal,
        propose,
    )
