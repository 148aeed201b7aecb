"""Flags and words of an argument vector, by what a program is known to take.

What is read here has to be what the program reads: where the two part, a flag can be smuggled in as a value. So a
value that stands apart from its flag never looks like a flag, a flag whose value may be left out takes it only in
the same word, and abbreviated long flags are not known.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

ANY: Final = re.compile(r"[^\0]*")
NUMBER: Final = re.compile(r"\d{1,9}")
NAME: Final = re.compile(r"[\w.:/@%+,=-]*")
LETTERS: Final = re.compile(r"[a-z-]{1,40}")
_NEGATIVE: Final = re.compile(r"-\d+[A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Read:
    """An argument vector as a program reads it."""

    words: tuple[str, ...]
    """What is no flag."""
    given: tuple[tuple[str, str], ...]
    """Flags that have a value, with it."""

    def values(self, *flags: str) -> list[str]:
        """The values of some flags."""
        return [value for flag, value in self.given if flag in flags]


@dataclass(frozen=True, slots=True)
class Options:
    """What a program takes."""

    flags: frozenset[str] = frozenset()
    """Without a value: `-l`, `--all`."""
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """With a value, and what it may be."""
    joined: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """With a value that may be left out, and so stands in the same word: `--color=never`."""
    grouped: bool = True
    """Whether `-la` is `-l -a`, and `-n5` is `-n 5`."""
    first_word_ends: bool = False
    """Whether all that follows the first word are words, even what looks like a flag."""

    def read(self, arguments: Sequence[str]) -> Read | None:
        """What stands there; `None` when any flag is not known, lacks its value, or has one that may not be."""
        words: list[str] = []
        given: list[tuple[str, str]] = []
        waiting = list(arguments)
        while waiting:
            argument = waiting.pop(0)
            if argument == "--" or (words and self.first_word_ends):
                words += waiting if argument == "--" else [argument, *waiting]
                break
            if not argument.startswith("-") or argument == "-":
                words.append(argument)
                continue
            found = self._flag(argument, waiting)
            if found is None:
                return None
            given += found
        return Read(tuple(words), tuple(given))

    def words(self, arguments: Sequence[str]) -> list[str] | None:
        """What is no flag, or `None` as `read`."""
        found = self.read(arguments)
        return None if found is None else list(found.words)

    def _flag(self, argument: str, waiting: list[str]) -> list[tuple[str, str]] | None:
        if argument in self.flags:
            return []
        name, has_value, value = argument.partition("=")
        if has_value and (pattern := self.values.get(name) or self.joined.get(name)):
            return [(name, value)] if pattern.fullmatch(value) else None
        if argument in self.values:
            return self._apart(argument, waiting)
        if argument.startswith("--") or not self.grouped:
            return None
        return self._group(argument[1:], waiting)

    def _apart(self, flag: str, waiting: list[str]) -> list[tuple[str, str]] | None:
        if not waiting or (waiting[0].startswith("-") and not _NEGATIVE.fullmatch(waiting[0])):
            return None
        value = waiting.pop(0)
        return [(flag, value)] if self.values[flag].fullmatch(value) else None

    def _group(self, letters: str, waiting: list[str]) -> list[tuple[str, str]] | None:
        for n, letter in enumerate(letters):
            flag, rest = f"-{letter}", letters[n + 1 :]
            if flag in self.values:
                if not rest:
                    return self._apart(flag, waiting)
                return [(flag, rest)] if self.values[flag].fullmatch(rest) else None
            if flag not in self.flags:
                return None
        return [] if letters else None


def taking(
    flags: str = "",
    *,
    grouped: bool = True,
    first_word_ends: bool = False,
    joined: Mapping[str, re.Pattern[str]] | None = None,
    **values: re.Pattern[str],
) -> Options:
    """Options from a list of flags; a value's keyword is its flag: `_n` is `-n`, `since` is `--since`."""
    named = {
        f"-{name[1:]}" if name.startswith("_") else f"--{name.replace('_', '-')}": pattern
        for name, pattern in values.items()
    }
    return Options(frozenset(flags.split()), named, joined or {}, grouped, first_word_ends)


def one_of(words: str) -> frozenset[str]:
    """The words of a text, as a set that is easy to read."""
    return frozenset(words.split())
