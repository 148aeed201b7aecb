"""Programs that look at the machine."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import ANY, NAME, NUMBER, Options, taking

_SIZE: Final = re.compile(r"\+?-?\d+[kKMGTcwb]?")
_TIME: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_KIND: Final = re.compile(r"[a-z,]+")

_PLAIN: Final[dict[str, Options]] = {
    "ps": taking(
        "-e -A -a -f -F -l -x -u -w -H -L -T -j -y --forest --no-headers --headers",
        _o=NAME,
        _p=NAME,
        _C=NAME,
        _U=NAME,
        _u=NAME,
        sort=NAME,
        pid=NAME,
        ppid=NAME,
    ),
    "df": taking(
        "-h -H -i -T -l -a -k -P --human-readable --inodes --local --print-type --total",
        _t=NAME,
        _x=NAME,
        output=NAME,
    ),
    "du": taking(
        "-h -H -s -a -c -x -k -m -b --human-readable --summarize --total --one-file-system --apparent-size",
        _d=NUMBER,
        max_depth=NUMBER,
        _t=_SIZE,
        threshold=_SIZE,
    ),
    "free": taking("-h -b -k -m -g -t -w -l --human --mebi --gibi --total --wide"),
    "uptime": taking("-p -s --pretty --since"),
    "vmstat": taking("-a -d -D -f -m -n -s -w -t"),
    "iostat": taking("-c -d -h -k -m -N -t -x -y -z"),
    "mpstat": taking("-A", _P=NAME),
    "nproc": taking("--all"),
    "uname": taking("-a -s -n -r -v -m -p -i -o"),
    "lscpu": taking("-e -p -J"),
    "lsblk": taking("-a -b -d -f -i -J -l -n -p -t -S", _o=NAME),
    "stat": taking("-L -f -t", _c=ANY, format=ANY),
    "ls": taking(
        "-l -a -A -h -t -r -S -R -1 -d -i -n -s -F --all --almost-all --human-readable --reverse --recursive",
        sort=NAME,
        time=NAME,
    ),
    "cat": taking("-n -b -s -A -E -T -v"),
    "head": taking("-q -v", _n=re.compile(r"-?\d+"), _c=_SIZE, lines=NUMBER, bytes=_SIZE),
    "wc": taking("-l -w -c -m -L"),
    "grep": taking(
        "-i -v -c -l -L -n -H -h -o -w -x -r -R -E -F -G -P -s -a -I -q --ignore-case --invert-match --count "
        "--recursive --only-matching --line-number",
        _A=NUMBER,
        _B=NUMBER,
        _C=NUMBER,
        _m=NUMBER,
        _e=ANY,
        max_count=NUMBER,
        include=NAME,
        exclude=NAME,
        color=NAME,
    ),
    "dmesg": taking(
        "-T -H -k -u -x -r -t -d -e -L -P --ctime --human --kernel --userspace --decode --nopager",
        _l=_KIND,
        level=_KIND,
        _f=_KIND,
        facility=_KIND,
        since=ANY,
        until=ANY,
    ),
    "lsof": taking("-n -P -i -t -a -l -U -N -b -w -V", _p=NAME, _u=NAME, _c=NAME),
    "who": taking("-a -b -q -r -u -H"),
    "hostname": taking("-f -s -i -I -d --fqdn --short"),
    "date": taking("-u --utc", _d=ANY, date=ANY),
}
_SECRET: Final = re.compile(
    r"shadow|/environ$|\.env\b|\.(?:pem|key|p12|pfx|jks)$|id_(?:rsa|dsa|ecdsa|ed25519)|\.(?:aws|ssh|kube|docker|gnupg|netrc|"
    r"pgpass|git-credentials)\b|secrets?\b|credentials?\b|/proc/(?:kcore|kmem)|/dev/",
    re.IGNORECASE,
)
"""Files whose reading gives secrets away, by their usual names."""
_NO_WORDS: Final = frozenset({"free", "uptime", "nproc", "uname", "lscpu", "dmesg", "who", "hostname"})
"""Programs that set something when they get a word, or need none."""


def plain(program: str, arguments: Sequence[str]) -> bool:
    """A program all of whose known flags read."""
    words = _PLAIN[program].words(arguments)
    if words is None or (program in _NO_WORDS and words) or any(map(_SECRET.search, words)):
        return False
    if program == "date":
        return all(word.startswith("+") for word in words)
    if program == "lsof":
        return all(not word.startswith("+") for word in words)
    return True


PLAIN: Final = frozenset(_PLAIN)


def journalctl(arguments: Sequence[str]) -> bool:
    """journalctl(1): only the flags that select and format; none that rotates, vacuums, flushes or follows."""
    allowed = re.compile(
        r"--(?:no-pager|quiet|utc|reverse|(?:output|priority|since|until|lines|unit|boot|grep)=[^\0]*)|-[kq]"
    )
    return all(allowed.fullmatch(argument) for argument in arguments)


def tail(arguments: Sequence[str]) -> bool:
    """tail(1), which may also follow for ever."""
    options = taking(
        "-q -v", _n=re.compile(r"[+-]?\d+"), _c=_SIZE, lines=re.compile(r"[+-]?\d+"), bytes=_SIZE
    )
    words = options.words(arguments)
    return words is not None and not any(map(_SECRET.search, words))


def systemctl(arguments: Sequence[str]) -> bool:
    """systemctl(1): the verbs that show."""
    options = taking(
        "-a -l --all --full --no-pager --no-legend --plain --failed --user --system --value -q --quiet",
        _n=NUMBER, lines=NUMBER, _t=NAME, type=NAME, state=NAME, _p=NAME, property=NAME, _o=NAME, output=NAME,
    )  # fmt: skip
    words = options.words(arguments)
    verbs = {
        "status",
        "show",
        "cat",
        "list-units",
        "list-unit-files",
        "list-timers",
        "list-sockets",
        "list-jobs",
    }
    verbs |= {"list-dependencies", "is-active", "is-enabled", "is-failed", "is-system-running"}
    return words is not None and (not words or words[0] in verbs)


def find(arguments: Sequence[str]) -> bool:
    """find(1): tests and ways to print; no action that deletes, writes or runs."""
    flags = {
        "-H",
        "-L",
        "-P",
        "-o",
        "-or",
        "-a",
        "-and",
        "-not",
        "!",
        "(",
        ")",
        "-print",
        "-print0",
        "-ls",
        "-xdev",
    }
    flags |= {
        "-mount",
        "-depth",
        "-empty",
        "-readable",
        "-writable",
        "-executable",
        "-prune",
        "-daystart",
        "-quit",
    }
    values = {
        "-name",
        "-iname",
        "-path",
        "-ipath",
        "-type",
        "-size",
        "-mtime",
        "-mmin",
        "-ctime",
        "-cmin",
        "-atime",
    }
    values |= {
        "-amin",
        "-newer",
        "-maxdepth",
        "-mindepth",
        "-user",
        "-group",
        "-perm",
        "-regex",
        "-iregex",
        "-links",
    }
    values |= {"-inum", "-fstype", "-printf", "-uid", "-gid"}
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument in values:
            if not waiting:
                return False
            waiting.pop(0)
        elif argument.startswith("-") and argument not in flags:
            return False
    return True
