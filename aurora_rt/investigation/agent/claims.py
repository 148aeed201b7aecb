"""Whether what a text says can be found where its citations point. Pure.

A text is taken apart into claims: sentences and list items. Each is checked by what it is made of:

| what | must | else |
| --- | --- | --- |
| a citation | be of a look that was made | it is taken out; a claim that has no other is removed |
| a thing it names | occur in what it cites | marked; removed when it occurs in no look at all |
| a number | occur in what it cites, rounded, in another unit, counted or reckoned from two | marked |
| a time | lie in the window, or occur in what it cites | marked |
| "not configured" of a toolset | agree with the toolsets that cannot be used | removed |
| "no data", "no errors" | agree with what it cites | marked |
| a look that failed | be cited for having failed | marked |
| no citation at all | be a question, an open guess, a next step, or borne by the next citation | marked |
| what a line in an output asks for or wants believed | be told as what that line says | removed |

Removed is what was made up; marked is what may be true but cannot be looked up. Things are named in backticks, or by
looking like a name: a path, a file, an identifier with figures. One measure, `support`, serves evaluations.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from aurora_rt.investigation.agent.figures import has_numbers, unborne, untimely
from aurora_rt.investigation.agent.planted import instructs
from aurora_rt.investigation.agent.quoting import neutral
from aurora_rt.toolsets.toolset import Observation, Window

MARK: Final = "(not supported by a citation)"
Verdict = Literal["sound", "marked", "removed"]

_SENTENCE: Final = re.compile(r"(?<=[.!?])((?:[ \t]*\[\d+\])*)\s+(?=[A-Z*`\"'(-])")
_CITED: Final = re.compile(r"\[(\d{1,5})\]")
_CITED_TOGETHER: Final = re.compile(r"\[(\d{1,5}(?:\s*[,;]\s*\d{1,5})+)\]")
_QUOTED: Final = re.compile(r"`([^`]+)`")
_NAMED: Final = re.compile(
    r"(?<![\w`./-])(?:/[\w.-]+(?:/[\w.-]+)+|[A-Za-z]\w*(?:-\w+)*-(?=\w*\d)\w{4,}(?:-\w+)*|[A-Za-z]\w*_\w+|"
    r"[A-Za-z][\w-]*\.(?:py|js|ts|go|rs|java|rb|c|sh|sql|log|ya?ml|json|conf|cfg|ini|toml|md|txt|service|socket|local))"
    r"(?![\w/])"
)
_SERIES: Final = re.compile(r"[\w:]*\{[^{}]*\}")
_WORD: Final = re.compile(r"[^\s{}=,\"]+")
_ITEM: Final = re.compile(r"^(\s*(?:>\s?)*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ x]\]\s+)?)(.*)$")
_HEADING: Final = re.compile(
    r"^\s*(?:#{1,6}\s.{0,60}|\*\*[^*]{1,60}\*\*:?|__[^_]{1,60}__:?|[-*_]{3,}|\|?[\s:|-]+\|?)\s*$"
)
_FENCE: Final = re.compile(r"^\s{0,3}(?:`{3,}|~{3,})")
_OPEN: Final = re.compile(
    r"\b(?:may|might|could|can't tell|cannot tell|possibly|perhaps|probably|likely|seems?|appears?|suggests?|"
    r"suspect\w*|hypothes\w*|unclear|unknown|uncertain|not sure|would|should|if|whether|assum\w*|"
    r"consider|next|recommend\w*|confidence|as a cause|"
    r"was not (?:checked|looked at|seen)|were not (?:checked|looked at)|could not be|"
    r"I (?:have |would )?propose[ds]?|(?:did|do) not (?:look|check|know)|no look|nothing wrong was found)\b",
    re.IGNORECASE,
)
_STEP: Final = re.compile(
    r"^\W*(?:(?:first|then|next|finally|also|to \w+)[,:]?\s+)?(?:check|look|run|verify|confirm|inspect|review|restart|"
    r"roll|scale|increase|decrease|raise|lower|add|remove|ask|see|compare|watch|monitor|try|fix|revert|deploy|delete|"
    r"drain|free|clear|set|open|read|find|investigate|ensure|consider|wait|let|please|use)\b",
    re.IGNORECASE,
)
_AWAY: Final = re.compile(
    r"\b(?:(?:not|isn't|aren't|never) (?:yet )?(?:configured|connected|set up|available|installed|usable|enabled)|"
    r"un(?:available|configured)|no access|(?:cannot|could not|can't) be used)\b",
    re.IGNORECASE,
)
_NOTHING: Final = re.compile(
    r"\b(?:no data|no (?:results?|lines?|series|samples|output|logs?|entries|records)|"
    r"nothing (?:is|was|came|found|there)|(?:is|are|was|were|came back|returned) empty|returned nothing)\b",
    re.IGNORECASE,
)
_IS_NOTHING: Final = re.compile(r"\b(?:no|none|nothing|empty|not found|0|without)\b|^\W*$", re.IGNORECASE)
_NO_ERRORS: Final = re.compile(
    r"\b(?:no|without(?: any)?|zero|free of) (?:\w+ )?(?:errors?|failures?|exceptions?)\b", re.IGNORECASE
)
_ERRORS: Final = re.compile(r"\b(?:ERROR|FATAL|CRITICAL|PANIC|SEVERE|panic:|Traceback|Exception)\b")
_FAILURE: Final = re.compile(
    r"\b(?:fail\w*|could not|cannot|can't|couldn't|refus\w*|error\w*|time[ds]?[ -]?out|timeouts?|den(?:ied|ies)|"
    r"unreach\w*|away|down|not (?:seen|read|answer\w*|work\w*|available|found|reach\w*|recorded)|no (?:answer|data)|"
    r"unknown|unavailable|reject\w*|missing|nothing|did not|does not)\b",
    re.IGNORECASE,
)
_TELLS: Final = re.compile(
    r"\b(?:says?|said|asks?|claims?|claimed|instructs?|tries to|tells?|injected|planted|untrusted|instructions?)\b",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[^\W\d_][\w-]{3,}")


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
    """How many of the sentences that cite are borne by what they cite: names and numbers."""
    ground = _Ground(looks, {}, None, "")
    sentences = [one for line in summary.split("\n") for one in sentences_in(line) if _CITED.search(one)]
    return Support(len(sentences), sum(ground.bears(one) for one in sentences))


def checked(
    text: str,
    evidence: Mapping[int, Observation],
    *,
    unusable: Mapping[str, str],
    window: Window | None = None,
    known: str = "",
) -> Checked:
    """`text` with each claim that nothing bears removed or marked; the rest as it was, to the letter.

    `unusable` says which toolsets could not be used and why; `window` is the stretch of time that was looked at;
    `known` is what is known without a look, as the alert's own words: names may come from it.
    """
    ground = _Ground(evidence, unusable, window, known)
    removed: list[str] = []
    marked: list[str] = []
    lines = []
    fenced = False
    for line in _CITED_TOGETHER.sub(_apart, text).split("\n"):
        is_fence = _FENCE.match(line) is not None
        fenced = fenced != is_fence
        if fenced or is_fence or not line.strip() or _HEADING.match(line):
            lines.append(line)
        elif (kept := _line(line, ground, removed, marked)) is not None:
            lines.append(kept)
    return Checked("\n".join(lines).strip("\n"), tuple(removed), tuple(marked))


def sentences_in(text: str) -> Iterator[str]:
    """The sentences of a line, which joined are the line. A citation after a full stop belongs to what it follows."""
    at = 0
    for found in _SENTENCE.finditer(text):
        yield text[at : found.end()]
        at = found.end()
    if at < len(text):
        yield text[at:]


def _apart(found: re.Match[str]) -> str:
    return "".join(f"[{one.strip()}]" for one in re.split("[,;]", found[1]))


def _line(line: str, ground: "_Ground", removed: list[str], marked: list[str]) -> str | None:
    item = _ITEM.match(line)
    prefix, rest = (item[1], item[2]) if item else ("", line)
    sentences = list(sentences_in(rest))
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
    return prefix + (said.rstrip() if removed or marked else said) if said.strip() else None


def _with_mark(sentence: str) -> str:
    bare = sentence.rstrip()
    after = sentence[len(bare) :]
    if bare[-1:] in ".!":
        return f"{bare[:-1]} {MARK}{bare[-1]}{after}"
    return f"{bare} {MARK}{after}"


class _Ground:
    """What claims are held against."""

    def __init__(
        self,
        evidence: Mapping[int, Observation],
        unusable: Mapping[str, str],
        window: Window | None,
        known: str,
    ) -> None:
        self.looks = evidence
        self.unusable = {name.casefold() for name in unusable}
        self.working = {
            one.tool.partition(".")[0].casefold() for one in evidence.values() if not one.error
        } - self.unusable
        self.window = window
        self.known = known
        honest: dict[int, str] = {}
        planted: list[str] = []
        for number, look in evidence.items():
            told: list[str] = []
            for line in look.output.splitlines():
                (planted if instructs(line) else told).append(line)
            honest[number] = "\n".join([look.command, *told, look.error or ""])
        planted += [line for line in known.splitlines() if instructs(line)]
        self.shown = honest
        self.everything = "\n".join([*honest.values(), known])
        self.planted = [_plain(line) for line in planted]
        self.honest = _plain("\n".join(honest.values())) if planted else frozenset[str]()

    def judged(self, sentence: str, after: str) -> tuple[str, Verdict]:
        """The sentence without citations of looks that were never made, and what to do with it."""
        numbers = [int(one) for one in _CITED.findall(sentence)]
        real = [one for one in numbers if one in self.looks]
        told = sentence
        if len(real) < len(numbers):
            told = _CITED.sub(lambda found: found[0] if int(found[1]) in self.looks else "", sentence)
            told = re.sub(r"[ \t]+(?=[.,;!?])", "", told)
        if self._is_planted(sentence) or (numbers and not real) or self._invents_absence(sentence, real):
            return told, "removed"
        if not real:
            return told, self._uncited(sentence, after)
        if self.bears(told) and self._agrees(told, real) and self._is_timely(told):
            return told, "sound"
        return told, "removed" if self._is_invented(told) else "marked"

    def bears(self, sentence: str) -> bool:
        """Whether what the sentence cites has each thing that it names and each number that it gives."""
        cited = [int(one) for one in _CITED.findall(sentence)]
        if any(one not in self.shown for one in cited):
            return False
        shown = "\n".join(self.shown[one] for one in cited)
        bare = _CITED.sub("", sentence)
        if not all(_is_shown(one, shown) or one in self.known for one in _names(bare)):
            return False
        return not unborne(_QUOTED.sub("", _NAMED.sub("", bare)), f"{shown}\n{self.known}")

    def _uncited(self, sentence: str, after: str) -> Verdict:
        if self._is_about_absence(sentence):
            return "sound"
        if self._is_invented(_without_commands(sentence) if _STEP.match(sentence) else sentence):
            return "removed"
        if _is_no_claim(sentence):
            return "sound"
        next_cited = _CITED.search(after)
        checkable = bool(_names(sentence)) or has_numbers(_QUOTED.sub("", sentence))
        if next_cited and checkable and self.bears(sentence + next_cited[0]):
            return "sound"
        return "marked"

    def _is_about_absence(self, sentence: str) -> bool:
        """Whether it says of a toolset that it cannot be used, which is so."""
        low = sentence.casefold()
        return bool(_AWAY.search(sentence)) and any(_has_word(name, low) for name in self.unusable)

    def _invents_absence(self, sentence: str, cited: list[int]) -> bool:
        """Whether it says of a toolset that it cannot be used, which it can."""
        if not _AWAY.search(sentence) or any(self.looks[one].error for one in cited):
            return False
        low = _CITED.sub("", sentence).casefold()
        if cited and _is_shown_somewhere(_AWAY, [self.shown[one] for one in cited]):
            return False
        return any(_has_word(name, low) for name in self.working)

    def _agrees(self, sentence: str, cited: list[int]) -> bool:
        """Whether what it says of having seen nothing, or of having seen something, agrees with what it cites."""
        looks = [self.looks[one] for one in cited]
        if all(one.error and not one.output.strip() for one in looks):
            return bool(_FAILURE.search(sentence) or _AWAY.search(sentence) or _OPEN.search(sentence))
        if _NO_ERRORS.search(sentence):
            return not any(_ERRORS.search(one.output) for one in looks)
        if _NOTHING.search(sentence):
            return any(one.error or _IS_NOTHING.search(one.output) for one in looks)
        return True

    def _is_invented(self, sentence: str) -> bool:
        """Whether it names a thing that occurs in no look at all."""
        return any(not _is_shown(one, self.everything) for one in _names(_CITED.sub("", sentence)))

    def _is_planted(self, sentence: str) -> bool:
        """Whether it says what a line in an output wants said, and nothing that another line bears."""
        if not self.planted or (_TELLS.search(sentence) and not instructs(sentence)):
            return False
        words = _plain(sentence)
        only_there = words - self.honest
        return len(words) >= 2 and any(
            len(words & planted) >= 0.5 * len(words) and len(only_there & planted) >= 0.25 * len(words)
            for planted in self.planted
        )

    def _is_timely(self, sentence: str) -> bool:
        if self.window is None:
            return True
        shown = "\n".join(self.shown[int(one)] for one in _CITED.findall(sentence))
        return not untimely(_QUOTED.sub("", sentence), f"{shown}\n{self.known}", self.window)


def _is_no_claim(sentence: str) -> bool:
    """Whether it asserts nothing: a question, an open guess, a next step, a heading, a word or two."""
    bare = _QUOTED.sub("x", sentence).strip().strip("*_ ")
    return (
        bare.endswith(("?", ":"))
        or len(bare.split()) < 3
        or bool(_OPEN.search(bare))
        or bool(_STEP.match(bare))
    )


def _without_commands(step: str) -> str:
    return _QUOTED.sub(lambda found: "" if " " in found[1].strip() else found[0], step)


def _names(sentence: str) -> list[str]:
    """What a sentence names: what stands in backticks (around what is left out), and what looks like a name."""
    quoted = [part for one in _QUOTED.findall(sentence) for part in one.split("…") if part.strip()]
    return quoted + _NAMED.findall(_QUOTED.sub("", sentence))


def _plain(text: str) -> frozenset[str]:
    return frozenset(_PLAIN.findall(_CITED.sub("", text).casefold()))


def _has_word(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def _is_shown_somewhere(what: re.Pattern[str], texts: list[str]) -> bool:
    return any(what.search(one) for one in texts)


def _is_shown(quoted: str, shown: str) -> bool:
    """Whether something quoted is there: as it is, as a model was shown it, or all words of a series in any writing."""
    if quoted in shown:
        return True
    if _SERIES.fullmatch(quoted):
        return all(word in shown for word in _WORD.findall(quoted))
    return not quoted.isalnum() and quoted in neutral(shown)
