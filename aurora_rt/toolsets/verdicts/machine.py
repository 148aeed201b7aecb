"""Programs that look at the machine, and show no more of it than their flags select."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import ANY, LETTERS, NAME, NUMBER, Options, one_of, taking

_SIZE: Final = re.compile(r"[+-]?\d+[kKMGTcwb]?")
_KINDS: Final = re.compile(r"[a-z,]+")
_COLUMNS: Final = re.compile(r"[a-zA-Z_,%]+")

_PLAIN: Final[dict[str, Options]] = {
    "df": taking(
        "-h -H -i -T -l -a -k -m -P --human-readable --inodes --local --print-type --total --all --portability",
        _t=NAME, _x=NAME, joined={"--output": _KINDS},
    ),
    "du": taking(
        "-h -H -s -a -c -x -k -m -b --human-readable --summarize --total --one-file-system --apparent-size --all",
        _d=NUMBER, max_depth=NUMBER, _t=_SIZE, threshold=_SIZE,
    ),
    "free": taking("-h -b -k -m -g -t -w -l --human --mebi --gibi --total --wide"),
    "uptime": taking("-p -s --pretty --since"),
    "vmstat": taking("-a -d -D -f -m -n -s -w -t"),
    "iostat": taking("-c -d -h -k -m -N -t -x -y -z"),
    "mpstat": taking("-A", _P=NAME),
    "nproc": taking("--all"),
    "uname": taking("-a -s -n -r -v -m -p -i -o --all --kernel-release"),
    "lscpu": taking("-e -p -J"),
    "lsblk": taking("-a -b -d -f -i -J -l -n -p -t -S", _o=_COLUMNS),
    "stat": taking("-L -f -t", _c=ANY, format=ANY),
    "ls": taking(
        "-l -a -A -h -t -r -S -R -1 -d -i -n -s -F -Z --all --almost-all --human-readable --reverse --recursive "
        "--full-time --directory --color", joined={"--color": LETTERS}, sort=LETTERS, time=LETTERS,
    ),
    "dmesg": taking(
        "-T -k -u -x -r -t -d -e -L -P --ctime --kernel --userspace --decode --nopager",
        _l=_KINDS, level=_KINDS, _f=_KINDS, facility=_KINDS, since=ANY, until=ANY,
    ),
    "lsof": taking("-n -P -i -t -a -l -U -N -b -w -V", _p=NAME, _u=NAME, _c=NAME),
    "who": taking("-a -b -q -r -u -H"),
    "id": taking("-u -g -G -n"),
    "whoami": taking(),
    "lsmod": taking(),
    "hostname": taking("-f -s -i -I -d --fqdn --short"),
    "date": taking("-u --utc -R", _d=ANY, date=ANY),
    "sysctl": taking("-a -n -e"),
    "getent": taking(),
    "top": taking("-b -H -c -i", _n=re.compile(r"\d{1,2}"), _o=_COLUMNS, _p=NAME, _w=NUMBER),
}  # fmt: skip
"""Programs that show names and numbers, not what files hold."""
_NO_WORDS: Final = one_of("free uptime nproc uname lscpu dmesg who whoami lsmod hostname top")
"""Programs that set something when they get a word, or need none."""
_WORDS: Final = {
    "date": re.compile(r"\+[^\0]*"),
    "lsof": re.compile(r"[^+][^\0]*"),
    "sysctl": re.compile(r"[\w.-]+"),
    "vmstat": NUMBER,
}
"""What words may be, where not anything."""
_LOOKED_UP: Final = one_of("hosts ahosts ahostsv4 ahostsv6 services protocols networks passwd group")

PLAIN: Final = frozenset(_PLAIN)


def plain(program: str, arguments: Sequence[str]) -> bool:
    """A program all of whose known flags read."""
    words = _PLAIN[program].words(arguments)
    if words is None or (program in _NO_WORDS and words):
        return False
    if program == "getent":
        return bool(words) and words[0] in _LOOKED_UP
    if program == "top":
        return "-b" in arguments or any(re.fullmatch(r"-[Hci]*b[Hcib]*(?:n\d*)?", one) for one in arguments)
    pattern = _WORDS.get(program, ANY)
    return all(pattern.fullmatch(word) for word in words)


_PS_WORDS: Final = re.compile(r"[acfghjlmrsuvwxST]+|\d{1,10}(?:,\d{1,10})*")
_PS_FLAGS: Final = re.compile(
    r"-[AadefFjlLHTyw]+|-aux[wf]*|--(?:forest|no-headers|headers|sort=[\w,+%-]+|p?pid=[\d,]+)|-p[\d,]+"
)
_PS_COLUMNS: Final = re.compile(r"(?!.*environ)[a-z_%,=:0-9]+", re.IGNORECASE)
_PS_NUMBERS: Final = re.compile(r"root|[\d,]+")


def ps(arguments: Sequence[str]) -> bool:
    """ps(1), without the environment of processes.

    `ps e` shows it, and a vector that is wrong as flags is read again as letters without a dash, `-e` included: so
    only what is right for sure may be given, and users by number.
    """
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if re.fullmatch(r"-[AadefFjlLHTyw]*o|[acfghjlmrsuvwxST]*o|--format", argument):
            pattern = _PS_COLUMNS
        elif re.fullmatch(r"-[puUgq]|--(?:p?pid|user)", argument):
            pattern = _PS_NUMBERS
        elif argument == "-C":
            pattern = re.compile(r"[\w.:/@+-]+")
        elif _PS_FLAGS.fullmatch(argument) or _PS_WORDS.fullmatch(argument):
            continue
        else:
            return False
        if not waiting or not pattern.fullmatch(waiting.pop(0)):
            return False
    return True


_JOURNALCTL: Final = taking(
    "--no-pager --quiet --utc --reverse --boot --dmesg --no-hostname --list-boots --disk-usage --catalog --all --user "
    "--system -k -q -b -r -a -x",
    joined={"--boot": re.compile(r"[+-]?[\da-f]{1,40}|all")}, output=LETTERS, _o=LETTERS, priority=NAME, _p=NAME,
    since=ANY, _S=ANY, until=ANY, _U=ANY, lines=NUMBER, _n=NUMBER, unit=NAME, _u=NAME, identifier=NAME, _t=NAME,
    grep=ANY, _g=ANY,
)  # fmt: skip


def journalctl(arguments: Sequence[str]) -> bool:
    """journalctl(1): only the flags that select and format; none that rotates, vacuums, flushes or follows."""
    return _JOURNALCTL.words(arguments) == [] and "--" not in arguments


_SYSTEMCTL: Final = taking(
    "-a -l --all --full --no-pager --no-legend --plain --failed --user --system --value -q --quiet",
    _n=NUMBER, lines=NUMBER, _t=NAME, type=NAME, state=NAME, _p=NAME, property=NAME, _o=LETTERS, output=LETTERS,
)  # fmt: skip
_SHOWING: Final = one_of(
    "status show cat list-units list-unit-files list-timers list-sockets list-jobs list-dependencies "
    "is-active is-enabled is-failed is-system-running"
)


def systemctl(arguments: Sequence[str]) -> bool:
    """systemctl(1): the verbs that show; of properties those that are named, and not the environment."""
    read = _SYSTEMCTL.read(arguments)
    if read is None or (read.words and read.words[0] not in _SHOWING):
        return False
    properties = read.values("-p", "--property")
    if any("environment" in one.lower() for one in properties):
        return False
    return read.words[:1] != ("show",) or bool(properties)


_FIND_FLAGS: Final = one_of(
    "-H -L -P -o -or -a -and -not ! ( ) -print -print0 -ls -xdev -mount -depth -empty -readable "
    "-writable -executable -prune -daystart -quit -true -false -nouser -nogroup"
)
_FIND_VALUES: Final = one_of(
    "-name -iname -path -ipath -type -size -mtime -mmin -ctime -cmin -atime -amin -newer -maxdepth "
    "-mindepth -user -group -perm -regex -iregex -links -inum -fstype -printf -uid -gid"
)


def find(arguments: Sequence[str]) -> bool:
    """find(1): tests and ways to print; no action that deletes, writes or runs."""
    waiting = list(arguments)
    while waiting:
        argument = waiting.pop(0)
        if argument in _FIND_VALUES:
            if not waiting:
                return False
            waiting.pop(0)
        elif argument.startswith("-") and argument not in _FIND_FLAGS:
            return False
    return True
