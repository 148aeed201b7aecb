"""Programs that show what files hold: cat, head, tail, wc, grep."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.files import may_be_searched, may_be_shown
from aurora_rt.toolsets.verdicts.options import ANY, LETTERS, NAME, NUMBER, Options, taking

_COUNT: Final = re.compile(r"[+-]?\d+[kKMGTb]?")
_PART: Final = taking("-q -v --quiet --verbose", _n=_COUNT, _c=_COUNT, lines=_COUNT, bytes=_COUNT)
_WHOLE: Final[dict[str, Options]] = {
    "cat": taking("-n -b -s -A -E -T -v --number"),
    "head": _PART,
    "tail": _PART,
    "wc": taking("-l -w -c -m -L --lines --words --bytes"),
}
_GREP: Final = taking(
    "-i -v -c -l -L -n -H -h -o -w -x -r -E -F -G -P -s -a -I -q --ignore-case --invert-match --count --recursive "
    "--only-matching --line-number --files-with-matches --word-regexp --fixed-strings --extended-regexp --color",
    joined={"--color": LETTERS}, _A=NUMBER, _B=NUMBER, _C=NUMBER, _m=NUMBER, _e=ANY, max_count=NUMBER,
    after_context=NUMBER, before_context=NUMBER, context=NUMBER, include=NAME, exclude=NAME,
)  # fmt: skip

PROGRAMS: Final = frozenset(_WHOLE)


def shows(program: str, arguments: Sequence[str]) -> bool:
    """A program that shows files, or parts of them; `tail` without following."""
    if program in ("head", "tail"):
        arguments = [f"-n{one[1:]}" if re.fullmatch(r"-\d{1,6}", one) else one for one in arguments]
    words = _WHOLE[program].words(arguments)
    return words is not None and all(map(may_be_shown, words))


def grep(arguments: Sequence[str]) -> bool:
    """grep(1) in files that may be shown; through directories only where all that they hold may be."""
    read = _GREP.read(arguments)
    if read is None:
        return False
    files = read.words if read.values("-e") else read.words[1:]
    if _is_recursive(arguments):
        return bool(files) and all(map(may_be_searched, files))
    return all(map(may_be_shown, files))


def _is_recursive(arguments: Sequence[str]) -> bool:
    """Whether a flag says so; what only looks like one makes no harm."""
    return any(re.match(r"--recursive|-[A-Za-z]*r", one) for one in arguments)
