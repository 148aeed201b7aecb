"""What an organization lets the investigator run, of what may be run at all.

The built-in verdict (`verdicts`) comes first, and no rule widens it: what may do more than read stays denied. Of the
rest, a deny rule that matches wins. If there is any enabled allow rule, only what one of them matches may run. A
policy that could not be read lets nothing run.

A rule's pattern is a glob over the words of the argument vector, never a regular expression over a line of text:

    kubectl get *                  `*` as a word is any number of words, also none
    kubectl * --namespace=prod     … in any place; `--namespace prod` and `-n prod` are the same, wherever they stand
    curl http://10.*               `*` within a word is any characters
    grep "two words" *             quotes hold a word together

An allow pattern fits the whole command. A deny pattern fits its beginning, too: whoever denies `kubectl describe`
means it with whatever words follow. Nothing else is guessed: `kubectl get pods` does not fit `kubectl get -A pods`,
`kubectl get * pods` does. Matching takes at most words × words steps, each of which looks at a word once.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from aurora_rt.errors import Invalid

Mode = Literal["allow", "deny"]

PATTERN_LIMIT: Final = 500
"""Characters of a pattern."""
WORDS_LIMIT: Final = 30
_SPELLED_OUT: Final = {"n": "--namespace", "o": "--output", "l": "--selector", "c": "--container"}
_CLUSTER: Final = frozenset({"kubectl", "helm"})


class PatternInvalid(Invalid):
    """A pattern that cannot match any command."""

    code = "pattern_invalid"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a policy."""

    id: UUID
    mode: Mode
    pattern: str
    description: str
    priority: int
    """Which of several rules that match is named as the reason: the one with the lowest number."""
    enabled: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a command may run, why, and the rule that said so, if one did."""

    allowed: bool
    reason: str
    rule: Rule | None = None


@dataclass(frozen=True)
class Policy:
    """An organization's rules, as they were when it was read."""

    rules: tuple[Rule, ...] = ()
    unreadable: bool = False

    def decide(self, argv: Sequence[str], what: str = "It only reads") -> Decision:
        """Whether a command may run here; `what` begins the sentence that says why nothing else is in its way."""
        if self.unreadable:
            return Decision(False, "The organization's command policy cannot be read, so nothing may be run.")
        ordered = sorted((one for one in self.rules if one.enabled), key=lambda one: one.priority)
        for rule in ordered:
            if rule.mode == "deny" and matches(rule.pattern, argv, begins=True):
                return Decision(False, _said("denies it", rule), rule)
        allowing = [one for one in ordered if one.mode == "allow"]
        for rule in allowing:
            if matches(rule.pattern, argv):
                return Decision(True, _said("allows it", rule), rule)
        if allowing:
            return Decision(False, f"{what}, but no rule of the organization allows it.")
        return Decision(True, f"{what}, and no rule of the organization denies it.")

    @cached_property
    def fingerprint(self) -> str:
        """The same for policies that decide the same for every command; empty when all may run."""
        if self.unreadable:
            return "unreadable"
        deciding = sorted({(one.mode, one.pattern) for one in self.rules if one.enabled})
        return sha256(repr(deciding).encode()).hexdigest()[:16] if deciding else ""


NO_POLICY: Final = Policy()
"""Whatever only reads may run: for looks that are made for no organization, such as health checks."""
UNREADABLE: Final = Policy(unreadable=True)


def checked(pattern: str) -> str:
    """A pattern as it is kept. Raises `PatternInvalid`."""
    pattern = pattern.strip()
    if len(pattern) > PATTERN_LIMIT:
        raise PatternInvalid(f"A pattern has {PATTERN_LIMIT} characters at most.")
    if not pattern.isprintable():
        raise PatternInvalid("A pattern is one line of plain text.")
    try:
        words = shlex.split(pattern)
    except ValueError:
        raise PatternInvalid("A quote in the pattern is not closed.") from None
    if not words:
        raise PatternInvalid("A pattern needs at least one word, such as a program's name.")
    if len(words) > WORDS_LIMIT:
        raise PatternInvalid(f"A pattern has {WORDS_LIMIT} words at most.")
    return pattern


def matches(pattern: str, argv: Sequence[str], *, begins: bool = False) -> bool:
    """Whether a checked pattern fits the words of a command; with `begins`, whether it fits its first words."""
    wanted, spelled_out = _words(pattern)
    tail = ("*",) if begins else ()
    return _fits((*wanted, *tail), argv) or _fits((*spelled_out, *tail), _spelled_out(argv))


@lru_cache(maxsize=2048)
def _words(pattern: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a pattern, as they stand and spelled out."""
    words = shlex.split(pattern)
    return tuple(words), tuple(_spelled_out(words))


def _fits(wanted: Sequence[str], words: Sequence[str]) -> bool:
    """Whether words fit a pattern in which the word `*` is any number of words."""
    reached = {0}
    for one in wanted:
        if one == "*":
            reached = set(range(min(reached), len(words) + 1))
        else:
            reached = {n + 1 for n in reached if n < len(words) and glob(one, words[n])}
        if not reached:
            return False
    return len(words) in reached


def glob(wanted: str, word: str) -> bool:
    """Whether a word fits a pattern in which `*` is any characters."""
    first, *rest = wanted.split("*")
    if not rest:
        return wanted == word
    *middle, last = rest
    if len(word) < len(first) + len(last) or not (word.startswith(first) and word.endswith(last)):
        return False
    at, end = len(first), len(word) - len(last)
    for piece in middle:
        at = word.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _spelled_out(words: Sequence[str]) -> list[str]:
    """Words in which a flag has one spelling: `--flag=value` in two words; kubectl's long, and after its verb."""
    if not words or words[0] not in _CLUSTER:
        return [part for word in words for part in _parted(word)]
    program, *rest = (part for word in words for part in _short(word))
    verb = 0
    while rest[verb : verb + 1] and rest[verb].startswith("--"):
        verb += 2  # what may stand before the verb has a value
    return [program, *rest[verb:], *rest[:verb]]


def _parted(word: str) -> tuple[str, ...]:
    name, equals, value = word.partition("=")
    return (name, value) if equals and word.startswith("--") else (word,)


def _short(word: str) -> Iterator[str]:
    if len(word) < 2 or word[0] != "-" or word[1] == "-":
        yield from _parted(word)
        return
    for n, letter in enumerate(word[1:], 1):
        if letter in _SPELLED_OUT:
            yield _SPELLED_OUT[letter]
            if value := word[n + 1 :].removeprefix("="):
                yield value
            return
        yield "--all-namespaces" if letter == "A" else f"-{letter}"


def _said(what: str, rule: Rule) -> str:
    why = f": {rule.description.rstrip('.')}" if rule.description else ""
    return f"The organization's rule “{rule.pattern}” {what}{why}."
