"""Text from a machine, made fit to be kept and shown: names, paths and log lines may hold any bytes."""

import re
from typing import Final

_ESCAPES: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
"""What colours text on a terminal (ECMA-48, control sequences)."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")


def legible(text: str) -> str:
    """`text` without terminal escapes and control characters, line ends and tabs excepted.

    A byte that was no UTF-8, which Python reads as a lone surrogate, becomes U+FFFD: nothing can store it.
    """
    known = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", _ESCAPES.sub("", known.replace("\r\n", "\n")))


def one_line(text: str, limit: int) -> str:
    """`text` made legible, on one line and cut."""
    flat = " ".join(legible(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
