"""git, where it reads."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import ANY, NUMBER, taking

_READS: Final = frozenset(
    {
        "log",
        "show",
        "diff",
        "status",
        "rev-parse",
        "blame",
        "describe",
        "ls-files",
        "ls-tree",
        "shortlog",
        "rev-list",
        "diff-tree",
        "name-rev",
        "merge-base",
    }
)
_DATE: Final = re.compile(r"[\w .:+-]+")
_PLAIN: Final = taking(
    "--oneline --stat --numstat --shortstat --name-only --name-status --no-merges --merges --all --graph --decorate "
    "--no-pager -p --patch --no-patch -s -n -e --reverse --first-parent --cached --staged --short --porcelain -b "
    "--no-color --no-ext-diff --abbrev-commit --show-toplevel --abbrev-ref -w --ignore-all-space --tags --always "
    "--summary --no-renames -z -r --raw --count --verify --dirty --long --no-textconv",
    grouped=False, since=_DATE, until=_DATE, after=_DATE, before=_DATE, author=_DATE, grep=ANY, format=ANY,
    pretty=ANY, date=_DATE, max_count=NUMBER, diff_filter=re.compile("[A-Za-z]+"), skip=NUMBER, _n=NUMBER, _L=ANY,
    _S=ANY, _G=ANY, abbrev=NUMBER, unified=NUMBER,
)  # fmt: skip


def git(arguments: Sequence[str]) -> bool:
    """git: verbs that read, in a repository given by `-C`; no configuration, aliases, hooks, or other programs."""
    waiting = list(arguments)
    while waiting and waiting[0] in ("-C", "--no-pager"):
        if waiting.pop(0) == "-C":
            if not waiting or waiting[0].startswith("-"):
                return False
            waiting.pop(0)
    if not waiting:
        return False
    verb, *rest = waiting
    if verb == "branch":
        return bool(rest) and set(rest) <= {"--list", "-a", "-r", "-v", "-vv", "--all", "--show-current"}
    if verb == "tag":
        return bool(rest) and rest[0] in ("--list", "-l") and not any(one.startswith("-") for one in rest[1:])
    if verb == "remote":
        return rest == ["-v"]
    if verb == "reflog":
        return rest in ([], ["show"])
    rest = ["--max-count=" + one[1:] if re.fullmatch(r"-\d{1,6}", one) else one for one in rest]
    return verb in _READS and _PLAIN.words(rest) is not None
