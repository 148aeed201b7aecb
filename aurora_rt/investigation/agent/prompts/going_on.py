"""After a cut of the network."""

from typing import Final

GO_ON: Final = (
    "The connection was cut while you were writing; your last words were “{end}”. Go on exactly there, in the middle "
    "of a word if need be. Do not repeat what you wrote and do not mention the cut."
)
