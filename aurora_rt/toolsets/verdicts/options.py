"""Flags and words of an argument vector, by what a program is known to take."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

ANY: Final = re.compile(r"[^\0]*")
NUMBER: Final = re.compile(r"\d{1,9}")
NAME: Final = re.compile(r"[\w.:/@%+,=-]*")


@dataclass(frozen=True, slots=True)
class Options:
    """What a program takes. Abbreviated long flags are not known, and so denied."""

    flags: frozenset[str] = frozenset()
    """Without a value: `-l`, `--all`."""
    values: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    """With a value, and what it may be."""
    grouped: bool = True
    """Whether `-la` is `-l -a`, and `-n5` is `-n 5`."""

    def words(self, arguments: Sequence[str]) -> list[str] | None:
        """What is no flag; `None` when any flag is not known, lacks its value, or has one that may not be."""
        found: list[str] = []
        waiting = list(arguments)
        while waiting:
            argument = waiting.pop(0)
            if argument == "--":
                return [*found, *waiting]
            if not argument.startswith("-") or argument == "-":
                found.append(argument)
                continue
            name, has_value, value = argument.partition("=")
            if argument in self.flags:
                continue
            if has_value and name in self.values:
                if not self.values[name].fullmatch(value):
                    return None
            elif argument in self.values:
                if not waiting or not self.values[argument].fullmatch(waiting.pop(0)):
                    return None
            elif argument.startswith("--") or not self.grouped or not self._group(argument[1:]):
                return None
        return found

    def _group(self, letters: str) -> bool:
        for n, letter in enumerate(letters):
            if f"-{letter}" in self.values:
                rest = letters[n + 1 :]
                return bool(rest) and self.values[f"-{letter}"].fullmatch(rest) is not None
            if f"-{letter}" not in self.flags:
                return False
        return bool(letters)


def taking(flags: str = "", *, grouped: bool = True, **values: re.Pattern[str]) -> Options:
    """Options from a list of flags; a value's keyword is its flag: `_n` is `-n`, `since` is `--since`."""
    named = {
        f"-{name[1:]}" if name.startswith("_") else f"--{name.replace('_', '-')}": pattern
        for name, pattern in values.items()
    }
    return Options(frozenset(flags.split()), named, grouped)
