"""Just enough PromQL to ask about the parts of a rule's expression. Pure; never fails, whatever it is given.

The grammar (operators and their precedence) is that of prometheus.io/docs/prometheus/latest/querying/operators.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>"(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'? | `[^`]*`?)
      | (?P<number>0x[0-9a-fA-F]+ | (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:ms|[smhdwy])?(?:\d+(?:ms|[smhdwy]))*)
      | (?P<word>[A-Za-z_:][A-Za-z0-9_:.]*)
      | (?P<operator>==|!=|>=|<=|=~|!~|[-+*/%^<>=])
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<other>\S)""",
    re.VERBOSE,
)
_PRECEDENCE: Final = (
    frozenset({"or"}),
    frozenset({"and", "unless"}),
    frozenset({"==", "!=", ">", "<", ">=", "<="}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%", "atan2"}),
    frozenset({"^"}),
)
_SETS: Final = _PRECEDENCE[0] | _PRECEDENCE[1]
_COMPARISONS: Final = _PRECEDENCE[2]
_ARITHMETIC: Final = _PRECEDENCE[3] | _PRECEDENCE[4] | _PRECEDENCE[5]
_EVERY: Final = _SETS | _COMPARISONS | _ARITHMETIC
_AGGREGATIONS: Final = frozenset(
    {"sum", "min", "max", "avg", "group", "count", "stddev", "stdvar", "topk", "bottomk", "quantile"}
)
_MIRRORED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
_MATCHING: Final = frozenset({"on", "ignoring", "group_left", "group_right", "by", "without"})
_WORDS: Final = _SETS | _MATCHING | {"bool", "offset", "atan2", "inf", "nan"}
_DEEPEST: Final = 40


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression. `depth` is how many brackets are open around it."""

    kind: str
    text: str
    start: int
    depth: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of an alerting rule. Without an operator the rule fires whenever `measure` has a value."""

    measure: str
    operator: str = ""
    bound: str = ""
    """What `measure` is compared with, as written."""

    @property
    def threshold(self) -> float | None:
        """`bound` when it is a plain number."""
        return number(self.bound)


def tokens(expression: str) -> list[Token]:
    """The pieces of `expression` without comments; brackets that do not match are taken as they come."""
    found: list[Token] = []
    depth = 0
    for match in _TOKEN.finditer(expression):
        kind, text = str(match.lastgroup), match.group()
        if kind == "comment":
            continue
        if kind == "close":
            depth = max(0, depth - 1)
        found.append(Token(kind, text, match.start(), depth))
        if kind == "open":
            depth += 1
    return found


def number(text: str) -> float | None:
    """The value of a number literal, signed or in brackets; `None` for anything else."""
    try:
        value = float(bare(text).replace(" ", ""))
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None


def bare(expression: str) -> str:
    """`expression` without the brackets and spaces that stand around all of it."""
    text = expression.strip()
    for _ in range(_DEEPEST):
        found = tokens(text)
        enclosed = (
            len(found) > 2
            and found[0].text == "("
            and found[-1].text == ")"
            and all(token.depth > 0 for token in found[1:-1])
        )
        if not enclosed:
            break
        text = text[found[0].start + 1 : found[-1].start].strip()
    return text


def split(expression: str, operators: frozenset[str]) -> tuple[str, str, str] | None:
    """Left side, operator and right side at the loosest binding operator, if it is one of `operators`."""
    found = tokens(expression)
    for level in _PRECEDENCE:
        places = [n for n, token in enumerate(found) if token.text.lower() in level and _is_binary(found, n)]
        if places:
            at = places[-1]
            operator = found[at].text.lower()
            if operator not in operators:
                return None
            left = expression[: found[at].start].strip()
            return left, operator, _without_matching(expression, found, at + 1)
    return None


def conditions(expression: str) -> tuple[Condition, ...]:
    """The comparisons that `expression` consists of, in order; what follows `unless` is left out."""
    return tuple(_conditions(expression, 0))


def _conditions(expression: str, depth: int) -> Iterator[Condition]:
    text = bare(expression)
    if not text:
        return
    if depth < _DEEPEST and (sides := split(text, _SETS)):
        left, operator, right = sides
        yield from _conditions(left, depth + 1)
        if operator != "unless":
            yield from _conditions(right, depth + 1)
    elif sides := split(text, _COMPARISONS):
        left, operator, right = bare(sides[0]), sides[1], bare(sides[2])
        if number(left) is not None and number(right) is None:
            left, operator, right = right, _MIRRORED[operator], left
        yield Condition(left or text, operator if left else "", right if left else "")
    else:
        yield Condition(text)


def operands(measure: str) -> tuple[str, ...]:
    """The parts that arithmetic joins at the top of `measure`, numbers left out, each once."""
    return tuple(dict.fromkeys(_operands(measure, 0)))


def aggregated(measure: str) -> str:
    """What an aggregation such as `max by (instance) (…)` goes over; `""` when `measure` is none."""
    text = bare(measure)
    found = tokens(text)
    if not found or found[0].text.lower() not in _AGGREGATIONS or split(text, _EVERY):
        return ""
    for n in range(1, len(found)):
        if found[n].text == "(" and found[n].depth == 0 and found[n - 1].text.lower() not in _MATCHING:
            close = next(
                (m for m in range(n + 1, len(found)) if found[m].text == ")" and not found[m].depth), n
            )
            commas = [token.start for token in found[n + 1 : close] if token.text == "," and token.depth == 1]
            start = (commas[-1] if commas else found[n].start) + 1
            return text[start : found[close].start].strip()
    return ""


def _operands(measure: str, depth: int) -> Iterator[str]:
    text = bare(measure)
    sides = split(text, _EVERY) if depth < _DEEPEST else None
    if sides:
        yield from _operands(sides[0], depth + 1)
        yield from _operands(sides[2], depth + 1)
    elif text and number(text) is None:
        yield text


def metric_names(expression: str) -> frozenset[str]:
    """The metrics that `expression` reads."""
    found = tokens(expression)
    names = {
        token.text
        for n, token in enumerate(found)
        if token.kind == "word"
        and token.text.lower() not in _WORDS
        and _text_at(found, n + 1) != "("
        and not _within(found, n, "{")
        and not _is_label_list(found, n)
        and not _is_aggregation(found, n)
    }
    for n, token in enumerate(found):
        if token.text == "__name__" and _text_at(found, n + 1) == "=":
            names.add(_text_at(found, n + 2).strip("\"'`"))
    return frozenset(names - {""})


def _is_binary(found: Sequence[Token], n: int) -> bool:
    token = found[n]
    if token.depth or token.kind not in ("operator", "word") or n == 0 or n == len(found) - 1:
        return False
    before = found[n - 1]
    after_operator = before.kind == "operator" or before.text.lower() in (_SETS | {"bool", "atan2", "offset"})
    return not after_operator and before.text != "@"


def _without_matching(expression: str, found: Sequence[Token], n: int) -> str:
    """What follows an operator, without `bool`, `on (…)`, `group_left (…)` and the like."""
    while n < len(found) and (found[n].text.lower() == "bool" or found[n].text.lower() in _MATCHING):
        n += 1
        if n < len(found) and found[n].text == "(" and found[n - 1].text.lower() != "bool":
            close = next((m for m in range(n, len(found)) if found[m].text == ")"), len(found) - 1)
            n = close + 1
    return expression[found[n].start :].strip() if n < len(found) else ""


def _text_at(found: Sequence[Token], n: int) -> str:
    return found[n].text if n < len(found) else ""


def _within(found: Sequence[Token], n: int, bracket: str) -> bool:
    opening = _enclosing(found, n)
    return opening is not None and found[opening].text == bracket


def _is_label_list(found: Sequence[Token], n: int) -> bool:
    opening = _enclosing(found, n)
    return opening is not None and opening > 0 and found[opening - 1].text.lower() in _MATCHING


def _is_aggregation(found: Sequence[Token], n: int) -> bool:
    return _text_at(found, n + 1).lower() in ("by", "without")


def _enclosing(found: Sequence[Token], n: int) -> int | None:
    """Where the bracket opens in which `found[n]` stands."""
    for m in range(n - 1, -1, -1):
        if found[m].kind == "open" and found[m].depth == found[n].depth - 1:
            return m
    return None
