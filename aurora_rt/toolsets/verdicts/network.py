"""Programs that look at the network."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from aurora_rt.toolsets.verdicts.options import NAME, NUMBER, taking

_HOST: Final = re.compile(r"[A-Za-z0-9_.:\[\]-]+")
_SHORT: Final = re.compile(r"\d{1,2}(?:\.\d+)?")


def ss(arguments: Sequence[str]) -> bool:
    """ss(8), without `-K`, which closes sockets."""
    options = taking(
        "-a -l -t -u -x -n -p -e -m -i -s -4 -6 -o -H -r -w --all --listening --tcp --udp --numeric --processes "
        "--summary"
    )
    return options.words(arguments) is not None


def ip(arguments: Sequence[str]) -> bool:
    """ip(8): `show`, `list` and `get` alone; without a verb it shows."""
    words = taking(
        "-4 -6 -s -d -o -j -p -br -brief -c -details -json -stats -statistics -oneline", grouped=False
    ).words(arguments)
    if not words:
        return False
    objects = {
        "a",
        "addr",
        "address",
        "l",
        "link",
        "r",
        "route",
        "n",
        "neigh",
        "neighbour",
        "rule",
        "maddress",
    }
    return words[0] in objects and (len(words) == 1 or words[1] in {"show", "list", "ls", "get"})


def lookup(arguments: Sequence[str]) -> bool:
    """dig(1): names, types, servers and `+options`; no `-f`, which reads a file."""
    allowed = re.compile(r"@?[A-Za-z0-9_.:-]+|\+[a-z0-9=]+")
    words = taking("-4 -6", _t=NAME, _x=_HOST, _p=NUMBER, _q=_HOST, _c=NAME).words(arguments)
    return words is not None and all(allowed.fullmatch(word) for word in words)


def host(arguments: Sequence[str]) -> bool:
    """host(1) and nslookup(1), asked for names."""
    words = taking("-a -v -4 -6", _t=NAME, _W=NUMBER, _type=NAME).words(arguments)
    return bool(words) and all(_HOST.fullmatch(word) for word in words or ())


def ping(arguments: Sequence[str]) -> bool:
    """ping(8) with a count of at most two digits; no flood."""
    options = taking(
        "-n -4 -6 -q",
        _c=re.compile(r"\d{1,2}"),
        _W=_SHORT,
        _w=_SHORT,
        _i=re.compile(r"[1-9]\d?(?:\.\d+)?"),
        _s=re.compile(r"\d{1,4}"),
    )
    words = options.words(arguments)
    counted = any(re.fullmatch(r"-c\d*", argument) for argument in arguments)
    return words is not None and len(words) == 1 and counted and bool(_HOST.fullmatch(words[0]))


def traceroute(arguments: Sequence[str]) -> bool:
    """traceroute(8) to one host."""
    words = taking("-n -4 -6", _m=NUMBER, _q=NUMBER, _w=_SHORT).words(arguments)
    return words is not None and len(words) == 1 and bool(_HOST.fullmatch(words[0]))


def curl(arguments: Sequence[str]) -> bool:
    """curl(1): GET and HEAD of HTTP addresses; nothing that sends, writes a file, or reads its options from one."""
    options = taking(
        "-s -S -I -i -v -k -L -f -4 -6 --silent --show-error --head --include --verbose --fail --compressed --get "
        "--http1.1 --http2",
        _m=_SHORT, max_time=_SHORT, connect_timeout=_SHORT, _w=re.compile(r"(?!@)[^\0]*"), _A=NAME,
        max_redirs=NUMBER, resolve=NAME,
    )  # fmt: skip
    words = options.words(arguments)
    return words is not None and bool(words) and all(_is_web(word) for word in words)


def _is_web(word: str) -> bool:
    try:
        parsed = urlsplit(word)
    except ValueError:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.netloc) and "@" not in parsed.netloc


def openssl(arguments: Sequence[str]) -> bool:
    """openssl(1): `s_client` to look at a server's certificate, `x509` to read one; nothing that writes."""
    if not arguments:
        return False
    verb, *rest = arguments
    if verb == "version":
        return all(one == "-a" for one in rest)
    if verb == "s_client":
        options = taking(
            "-showcerts -brief -tls1_2 -tls1_3 -status",
            grouped=False,
            _connect=_HOST,
            _servername=_HOST,
            _starttls=NAME,
            _verify=NUMBER,
        )
        return options.words(rest) == [] and any(one.startswith("-connect") for one in rest)
    if verb == "x509":
        options = taking(
            "-noout -text -dates -subject -issuer -serial -fingerprint -enddate -startdate -ext",
            grouped=False,
            _in=NAME,
            _checkend=NUMBER,
        )
        return options.words(rest) == [] and "-noout" in rest
    return False
