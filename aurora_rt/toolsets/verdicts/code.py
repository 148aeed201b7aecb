"""git, where it reads."""

import re
from collections.abc import Sequence
from posixpath import join
from typing import Final

from aurora_rt.toolsets.verdicts.files import may_be_shown
from aurora_rt.toolsets.verdicts.options import ANY, NUMBER, one_of, taking

_READS: Final = one_of(
    "log show diff status rev-parse blame describe ls-files ls-tree shortlog rev-list diff-tree "
    "name-rev merge-base"
)
_DATE: Final = re.compile(r"[\w .:+-]+")
_PLAIN: Final = taking(
    "--oneline --stat --numstat --shortstat --name-only --name-status --no-merges --merges --all --graph --decorate "
    "-p --patch --no-patch -s -e --reverse --first-parent --cached --staged --short --porcelain -b -sb --no-color "
    "--no-ext-diff --abbrev-commit --show-toplevel --abbrev-ref -w --ignore-all-space --tags --always --summary "
    "--no-renames -z -r --raw --count --verify --dirty --long --no-textconv --pretty --abbrev --branch --follow",
    grouped=False, joined={"--pretty": ANY, "--format": ANY, "--abbrev": NUMBER, "--date": ANY, "--diff-filter": _DATE},
    since=_DATE, until=_DATE, after=_DATE, before=_DATE, author=_DATE, grep=ANY, max_count=NUMBER, skip=NUMBER,
    _n=NUMBER, _L=ANY, _S=ANY, _G=ANY, unified=NUMBER,
)  # fmt: skip
_BRANCHES: Final = one_of("--list -a -r -v -vv --all --show-current")


def git(arguments: Sequence[str]) -> bool:
    """git: verbs that read, in a repository given by `-C`; no configuration, aliases, hooks, or other programs."""
    waiting, directory = list(arguments), "/"
    while waiting and waiting[0] in ("-C", "--no-pager"):
        if waiting.pop(0) == "-C":
            if not waiting or waiting[0].startswith("-"):
                return False
            directory = join(directory, waiting.pop(0))
    if not waiting:
        return False
    verb, *rest = waiting
    match verb:
        case "branch":
            return bool(rest) and set(rest) <= _BRANCHES
        case "tag":
            return rest[:1] in (["--list"], ["-l"]) and not any(one.startswith("-") for one in rest[1:])
        case "remote":
            return rest == ["-v"]
        case "reflog":
            return rest in ([], ["show"])
        case _:
            return verb in _READS and _reads(verb, directory, rest)


def _reads(verb: str, directory: str, arguments: Sequence[str]) -> bool:
    rest = ["--max-count=" + one[1:] if re.fullmatch(r"-\d{1,6}", one) else one for one in arguments]
    words = _PLAIN.words(rest)
    if words is None:
        return False
    # Outside a repository, and for files outside of it, `git diff a b` shows any two files, as `diff a b` does.
    return (
        verb != "diff"
        or len(words) < 2
        or all(_is_revision(word) or may_be_shown(join(directory, word)) for word in words)
    )


def _is_revision(word: str) -> bool:
    """Whether it surely names no file that could be shown: HEAD, a hash, or something relative to one."""
    return (
        re.fullmatch(
            r"(?:HEAD|[0-9a-f]{7,40})?(?:[~^]\d*)*(?:\.{2,3}(?:HEAD|[0-9a-f]{7,40})?(?:[~^]\d*)*)?", word
        )
        is not None
    )
