"""Whether what a text says can be found where its citations point. Pure.

A text is taken apart into claims: sentences and list items. Each is checked by what it is made of:

| what | must | else |
| --- | --- | --- |
| a citation | be of a look that was made | it is taken out; a claim that has no other is removed |
| a thing it names (in backticks) | occur in what it cites | marked; removed when it occurs in no look at all |
| a number | occur in what it cites, rounded, in another unit, or as sum, difference or ratio of two | marked |
| a time | lie in the window, or occur in what it cites | marked |
| "not configured", "not available" of a toolset | agree with the toolsets that cannot be used | removed |
| no citation at all | be a question, an open guess, a next step, or borne by the next citation | marked |
| what a line in an output asks for or wants believed | be told as what that line says | removed |

Removed is what was made up; marked is what may be true but cannot be looked up.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from aurora_rt.investigation.agent.planted import instructs
from aurora_rt.investigation.agent.quoting import neutral
from aurora_rt.toolsets.toolset import Observation, Window

MARK: Final = "(not supported by a citation)"
Verdict = Literal["sound", "marked", "removed"]

_SENTENCE: Final = re.compile(r"(?<=[.!?])((?:[ \t]*\[\d+\])*)\s+(?=[A-Z*`\"'(-])")
_CITED: Final = re.compile(r"\[(\d{1,5})\]")
_CITED_TOGETHER: Final = re.compile(r"\[(\d{1,5}(?:\s*,\s*\d{1,5})+)\]")
_NUMBER: Final = re.compile(r"(?<![\w.:/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w:-]*[:-]\d|\.\d)")
_ALL_NUMBERS: Final = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_QUOTED: Final = re.compile(r"`([^`]+)`")
_SERIES: Final = re.compile(r"[\w:]*\{[^{}]*\}")
_WORD: Final = re.compile(r"[^\s{}=,\"]+")
_TRIFLING: Final = frozenset({"0", "1", "2", "3"})
"""Numbers that words count with; they are in every output."""
_ITEM: Final = re.compile(r"^(\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ x]\]\s+)?)(.*)$")
_HEADING: Final = re.compile(r"^\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*:?|__[^_]+__:?|[-*_]{3,}|\|?[\s:|-]+\|?)\s*$")
_FENCE: Final = re.compile(r"^\s{0,3}(?:`{3,}|~{3,})")
_MOMENT: Final = re.compile(r"\b(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s?(?:Z|UTC|[+-]00:?00)?")
_CLOCK: Final = re.compile(r"(?<![\d:.-])([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?![\d:])")
_OPEN: Final = re.compile(
    r"\b(?:may|might|could|can't tell|cannot tell|possibly|perhaps|probably|likely|seems?|appears?|"
    r"suggests?|suspect\w*|hypothes\w*|unclear|unknown|uncertain|not sure|would|should|if|whether|"
    r"assum\w*|consider|next|recommend\w*|"
    r"was not (?:checked|looked at|seen)|were not (?:checked|looked at)|could not be)\b",
    re.IGNORECASE,
)
_STEP: Final = re.compile(
    r"^\W*(?:(?:first|then|next|finally|also|to \w+)[,:]?\s+)?(?:check|look|run|verify|confirm|inspect|review|restart|"
    r"roll|scale|increase|decrease|raise|lower|add|remove|ask|see|compare|watch|monitor|try|fix|revert|deploy|delete|"
    r"drain|free|clear|set|open|read|find|investigate|ensure|consider|wait|let|please|use|no claim)\b",
    re.IGNORECASE,
)
_AWAY: Final = re.compile(
    r"\b(?:not (?:configured|connected|set up|available|installed|usable|enabled)|un(?:available|configured)|"
    r"no access|cannot be used|could not be used|is missing|isn't (?:configured|available|connected))\b",
    re.IGNORECASE,
)
_TELLS: Final = re.compile(
    r"\b(?:says|said|asks|claims|claimed|reads|instructs|tries to|tells|text in|line in|injected|planted|untrusted|"
    r"instruction)\b",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_-]{3,}")
_SCALES: Final = (
    1.0,
    100.0,
    1000.0,
    1e6,
    1e9,
    60.0,
    3600.0,
    86400.0,
    1024.0,
    1024.0**2,
    1024.0**3,
    1024.0**4,
)
_MOST_PAIRED: Final = 60
"""Of how many numbers of an output sums, differences and ratios are tried."""
_CLOSE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Support:
    """How many claims there are, and how many of them their citations bear."""

    claims: int
    supported: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A text whose claims were checked."""

    text: str
    removed: tuple[str, ...]
    """The claims that were taken out, as they were."""
    marked: tuple[str, ...]
    """The claims that are marked, as they were."""


def support(summary: str, looks: Mapping[int, Observation]) -> Support:
    """Check each sentence that cites: what it names, and its numbers, are in what it cites.

    A sentence is supported when each thing it quotes, and at least half of its numbers, occur in the command or the
    output of a look that it cites. A citation of a look that was never made supports nothing.
    """
    sentences = [one for line in summary.split("\n") for one in _sentences(line) if _CITED.search(one)]
    return Support(len(sentences), sum(_borne(one, looks, _numbers(one)) for one in sentences))


def checked(
    text: str,
    evidence: Mapping[int, Observation],
    *,
    unusable: Mapping[str, str],
    window: Window | None = None,
) -> Checked:
    """`text` with each claim that nothing bears removed or marked; the rest as it was, to the letter.

    `unusable` says which toolsets could not be used and why; `window` is the stretch of time that was looked at.
    """
    ground = _Ground(evidence, unusable, window)
    removed: list[str] = []
    marked: list[str] = []
    lines = []
    fenced = False
    for line in _CITED_TOGETHER.sub(_apart, text).split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        if fenced or _FENCE.match(line) or not line.strip() or _HEADING.match(line):
            lines.append(line)
        elif (kept := _line(line, ground, removed, marked)) is not None:
            lines.append(kept)
    return Checked("\n".join(lines).strip("\n"), tuple(removed), tuple(marked))


def _apart(found: re.Match[str]) -> str:
    return "".join(f"[{one.strip()}]" for one in found[1].split(","))


def _line(line: str, ground: "_Ground", removed: list[str], marked: list[str]) -> str | None:
    item = _ITEM.match(line)
    prefix, rest = (item[1], item[2]) if item else ("", line)
    sentences = list(_sentences(rest))
    kept = []
    for place, sentence in enumerate(sentences):
        real, verdict = ground.judged(sentence, "".join(sentences[place + 1 :]))
        if verdict == "removed":
            removed.append(sentence.strip())
            continue
        if verdict == "marked":
            marked.append(sentence.strip())
            real = _with_mark(real)
        kept.append(real)
    said = "".join(kept)
    return prefix + said.rstrip() if said.strip() else None


def _with_mark(sentence: str) -> str:
    bare = sentence.rstrip()
    after = sentence[len(bare) :]
    if bare[-1:] in ".!" and not bare.endswith("…"):
        return f"{bare[:-1]} {MARK}{bare[-1]}{after}"
    return f"{bare} {MARK}{after}"


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a line, which joined are the line."""
    at = 0
    for found in _SENTENCE.finditer(text):
        yield text[at : found.end()]
        at = found.end()
    if at < len(text):
        yield text[at:]


class _Ground:
    """What claims are held against."""

    def __init__(
        self, evidence: Mapping[int, Observation], unusable: Mapping[str, str], window: Window | None
    ) -> None:
        self.looks = evidence
        self.unusable = {name.casefold(): why for name, why in unusable.items()}
        self.window = window
        self.everything = "\n".join(_shown(one) for one in evidence.values())
        lines = [line for one in evidence.values() for line in one.output.splitlines()]
        self.planted = [_plain(line) for line in lines if instructs(line)]
        self.honest = frozenset(word for line in lines if not instructs(line) for word in _plain(line))

    def judged(self, sentence: str, after: str) -> tuple[str, Verdict]:
        """The sentence without citations of looks that were never made, and what to do with it."""
        numbers = [int(one) for one in _CITED.findall(sentence)]
        real = [one for one in numbers if one in self.looks]
        told = _CITED.sub(lambda found: found[0] if int(found[1]) in self.looks else "", sentence)
        told = re.sub(r"[ \t]+(?=[.,;!?])", "", told) if len(real) < len(numbers) else told
        if self._is_planted(sentence) or (numbers and not real) or self._invents_absence(sentence, real):
            return told, "removed"
        if not real:
            return told, self._uncited(sentence, after)
        if _borne(told, self.looks, _numbers(told), strict=True) and self._is_timely(told):
            return told, "sound"
        return told, "removed" if self._is_invented(told) else "marked"

    def _uncited(self, sentence: str, after: str) -> Verdict:
        if _is_no_claim(sentence):
            return "sound"
        if self._is_invented(sentence) and not self._is_about_toolsets(sentence):
            return "removed"
        if self._is_about_toolsets(sentence):
            return "sound"
        beside = "".join(
            cite for cite in re.findall(r"\[\d{1,5}\]", after)[:1] if int(cite[1:-1]) in self.looks
        )
        checkable = bool(_QUOTED.search(sentence) or _numbers(sentence))
        if beside and checkable and _borne(sentence + beside, self.looks, _numbers(sentence), strict=True):
            return "sound"
        return "marked"

    def _is_about_toolsets(self, sentence: str) -> bool:
        low = sentence.casefold()
        return bool(_AWAY.search(sentence)) and any(name in low for name in self.unusable)

    def _invents_absence(self, sentence: str, cited: list[int]) -> bool:
        """Whether it says of a toolset that works that it does not."""
        if not _AWAY.search(sentence) or any(self.looks[one].error for one in cited):
            return False
        low = sentence.casefold()
        working = {one.tool.partition(".")[0] for one in self.looks.values() if not one.error}
        return any(re.search(rf"\b{re.escape(name)}\b", low) for name in working - set(self.unusable))

    def _is_invented(self, sentence: str) -> bool:
        """Whether it names a thing that occurs in no look at all."""
        return any(not _is_shown(one, self.everything) for one in _names(sentence))

    def _is_planted(self, sentence: str) -> bool:
        """Whether it says what a line in an output wants said, and little else."""
        if not self.planted or _TELLS.search(sentence):
            return False
        words = _plain(sentence)
        if len(words) < 2:
            return False
        only_there = words - self.honest
        return any(
            len(words & planted) >= 0.6 * len(words) and len(only_there & planted) >= 0.3 * len(words)
            for planted in self.planted
        )

    def _is_timely(self, sentence: str) -> bool:
        if self.window is None:
            return True
        shown = "\n".join(_shown(self.looks[int(one)]) for one in _CITED.findall(sentence))
        return all(_is_within(one, self.window) or one in shown for one in _times(sentence))


def _is_no_claim(sentence: str) -> bool:
    """Whether it asserts nothing: a question, a guess that says so, a next step, a heading, a word or two."""
    bare = _QUOTED.sub("x", sentence).strip().strip("*_ ")
    return (
        bare.endswith(("?", ":"))
        or len(bare.split()) < 3
        or bool(_OPEN.search(bare))
        or bool(_STEP.match(bare))
    )


def _names(sentence: str) -> list[str]:
    return [part for one in _QUOTED.findall(sentence) for part in one.split("…") if part.strip()]


def _numbers(sentence: str) -> list[str]:
    plain = _QUOTED.sub("", _CLOCK.sub("", _MOMENT.sub("", _CITED.sub("", sentence))))
    return [bare for one in _NUMBER.findall(plain) if (bare := one.replace(",", "")) not in _TRIFLING]


def _plain(text: str) -> frozenset[str]:
    return frozenset(_PLAIN.findall(_CITED.sub("", text).casefold()))


def _shown(look: Observation) -> str:
    """What a look bears: all of it but the lines that instruct whoever reads them."""
    told = "\n".join(line for line in look.output.splitlines() if not instructs(line))
    return f"{look.command}\n{told}\n{look.error or ''}"


def _borne(
    sentence: str, looks: Mapping[int, Observation], numbers: list[str], *, strict: bool = False
) -> bool:
    cited = [looks.get(int(number)) for number in _CITED.findall(sentence)]
    if None in cited:
        return False
    shown = "\n".join(_shown(one) for one in cited if one is not None)
    if not all(_is_shown(one, shown) for one in _names(_CITED.sub("", sentence))):
        return False
    if not numbers:
        return True
    seen = _Figures(shown)
    found = sum(seen.bear(one) for one in numbers)
    return found == len(numbers) if strict else 2 * found >= len(numbers)


def _is_shown(quoted: str, shown: str) -> bool:
    """Whether something quoted is there: as it is, as a model was shown it, or all words of a series in any writing."""
    if quoted in shown or quoted in neutral(shown):
        return True
    return bool(_SERIES.fullmatch(quoted)) and all(word in shown for word in _WORD.findall(quoted))


class _Figures:
    """The numbers in an output, and what can be reckoned from them."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.values = sorted({float(one) for one in _ALL_NUMBERS.findall(shown)})
        some = self.values if len(self.values) <= _MOST_PAIRED else []
        self.reckoned = [
            value
            for a in some
            for b in some
            if a >= b
            for value in (a - b, a + b, *((a / b, b / a, (a - b) / b) if a and b else ()))
        ]

    def bear(self, number: str) -> bool:
        """Whether `number` is there, rounded, in another unit, or reckoned from two that are."""
        if re.search(rf"(?<![\d.]){re.escape(number)}", self.shown):
            return True
        value = float(number)
        slack = 0.5 * 10.0 ** -len(number.partition(".")[2])
        return any(
            abs(seen * scale - value) <= slack * 1.001 or abs(seen / scale - value) <= slack * 1.001
            for scale in _SCALES
            for seen in self.values
        ) or any(abs(one * scale - value) <= slack * 1.001 for one in self.reckoned for scale in (1.0, 100.0))


def _times(sentence: str) -> list[str]:
    moments = [found[0] for found in _MOMENT.finditer(sentence)]
    rest = _QUOTED.sub("", _MOMENT.sub("", sentence))
    return moments + [found[0] for found in _CLOCK.finditer(rest)]


def _is_within(time: str, window: Window) -> bool:
    start, end = window.start - _CLOSE, window.end + _CLOSE
    if moment := _MOMENT.search(time):
        return start <= datetime.fromisoformat(f"{moment[1]}T{moment[2]}").replace(tzinfo=UTC) <= end
    if end - start >= timedelta(days=1):
        return True
    hour, minute, second = (int(one or 0) for one in time.split(":") + ["0"] * (3 - len(time.split(":"))))
    days = {start.astimezone(UTC).date(), end.astimezone(UTC).date()}
    return any(
        start <= datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC) <= end
        for day in days
    )
