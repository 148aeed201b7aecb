"""A command line as a person types it, into an argument vector; what only a shell understands is refused."""

import re
import shlex
from typing import Final

from aurora_rt.errors import Invalid
from aurora_rt.toolsets.verdicts.table import denied

WORDS_LIMIT: Final = 200
_FOR_A_SHELL: Final = {
    "|": "a pipe",
    "&": "a second command",
    ";": "a second command",
    "\n": "a second line",
    "\r": "a second line",
    "<": "a redirection",
    ">": "a redirection",
    "(": "a sub-shell",
    ")": "a sub-shell",
    "`": "a command in a command",
    "$": "a variable or a command in a command",
    "*": "a pattern for files, which needs quotes",
    "?": "a pattern for files, which needs quotes",
    "~": "a home directory",
    "#": "a comment",
    "\\": "a backslash",
}
_AT_WORD_START: Final = frozenset("~#")
"""What a shell minds only there: `HEAD~1` is one word."""
_IN_DOUBLE_QUOTES: Final = frozenset("$`\\")
_ASSIGNMENT: Final = re.compile(r"\w+=")


class NotACommand(Invalid):
    """The text is not one plain command."""

    code = "not_a_command"


def parsed(text: str) -> tuple[str, ...]:
    """The argument vector of one plain command. Raises `NotACommand` for anything that needs a shell."""
    _refuse_what_needs_a_shell(text.strip())
    try:
        words = tuple(shlex.split(text.strip()))
    except ValueError:
        raise NotACommand("A quote is not closed.") from None
    if not words:
        raise NotACommand("There is no command.")
    if len(words) > WORDS_LIMIT:
        raise NotACommand(f"A command has {WORDS_LIMIT} words at most.")
    if _ASSIGNMENT.match(words[0]):
        raise NotACommand("Variables cannot be set for a command.")
    return words


def _refuse_what_needs_a_shell(text: str) -> None:
    quote, before = "", " "
    for character in text:
        if quote:
            if character == quote:
                quote = ""
            elif quote == '"' and character in _IN_DOUBLE_QUOTES:
                raise _needs_a_shell(character)
        elif character in "'\"":
            quote = character
        elif character in _FOR_A_SHELL and not (character in _AT_WORD_START and before not in " \t=:"):
            raise _needs_a_shell(character)
        before = character


def _needs_a_shell(character: str) -> NotACommand:
    return NotACommand(f"{_FOR_A_SHELL[character].capitalize()} is only for a shell, which is not used.")


def verdict(text: str) -> str | None:
    """Why a command line may not be run, in a sentence; `None` when it may."""
    try:
        return denied(parsed(text))
    except NotACommand as error:
        return error.message
