"""What an answer rests on, where there is no incident that could keep its citations. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from aurora_rt.toolsets.toolset import Observation

LONGEST: Final = 160
"""Characters of a command in a footnote."""

_CITED: Final = re.compile(r"\[(\d{1,5})\](?!\()")


def with_footnotes(text: str, looks: Iterable[Observation]) -> str:
    """`text`, and below it what each number in it stands for: the command that shows the same."""
    cited = {int(number) for number in _CITED.findall(text)}
    lines = [f"- [{one.number}] {one.tool}: {_shown(one)}" for one in looks if one.number in cited]
    return "\n".join([text, "", "**Looked at:**", *lines]) if lines else text


def _shown(look: Observation) -> str:
    command = " ".join(look.command.split()).replace("`", "'")
    command = command if len(command) <= LONGEST else f"{command[:LONGEST]} …"
    return f"`{command}`" if look.error is None else f"`{command}` (it failed: {look.error})"
