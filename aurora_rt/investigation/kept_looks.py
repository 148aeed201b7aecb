"""The looks of an answer, kept until it is written: whoever goes on with it does not look again, nor number anew."""

from typing import Final

from pydantic import TypeAdapter

from aurora_rt.investigation.investigator import Memory
from aurora_rt.toolsets.toolbox import call_key
from aurora_rt.toolsets.toolset import Observation

_KEY: Final = "look:"
_look: Final[TypeAdapter[Observation]] = TypeAdapter(Observation)


async def keep(memory: Memory, seen: Observation) -> None:
    """Keep a look."""
    await memory.keep(f"{_KEY}{call_key(seen.tool, seen.parameters)}", _look.dump_json(seen).decode())


def kept(memory: Memory) -> tuple[Observation, ...]:
    """The looks that were kept."""
    return tuple(_look.validate_json(text) for key, text in memory.kept.items() if key.startswith(_KEY))
