"""Programs that look at the network."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.connectors.addresses import leads_there
from aurora_rt.toolsets.verdicts.options import NAME, NUMBER, one_of, taking

_HOST: Final = re.compile(r"[A-Za-z0-9_.:\[\]][A-Za-z0-9_.:\[\]-]*")
_SHORT: Final = re.compile(r"\d{1,2}(?:\.\d+)?")
_SS: Final = taking(
    "-a -l -t -u -x -n -p -e -m -i -s -4 -6 -o -H -r -w --all --listening --tcp --udp --numeric --processes --summary "
    "--info --memory --extended"
)
_IP: Final = taking(
    "-4 -6 -s -d -o -j -p -br -brief -c -details -json -stats -statistics -oneline",
    grouped=False,
    first_word_ends=True,
)
_IP_OBJECTS: Final = one_of("a addr address l link r route n neigh neighbour rule maddress")
_DIG: Final = taking("-4 -6", _t=NAME, _x=_HOST, _p=NUMBER, _q=_HOST, _c=NAME)
_DIG_WORD: Final = re.compile(r"@?[A-Za-z0-9_.:-]+|\+[a-z0-9=]+")
_LOOKUP: Final = taking(
    "-a -v -4 -6", _t=NAME, _W=NUMBER, joined={"-type": NAME, "-query": NAME}, grouped=False
)
_PING: Final = taking(
    "-n -4 -6 -q", _c=re.compile(r"\d{1,2}"), _W=_SHORT, _w=_SHORT, _i=re.compile(r"[1-9]\d?(?:\.\d+)?"),
    _s=re.compile(r"\d{1,4}"),
)  # fmt: skip
_TRACEROUTE: Final = taking("-n -4 -6", _m=NUMBER, _q=re.compile(r"\d"), _w=_SHORT)
_S_CLIENT: Final = taking(
    "-showcerts -brief -tls1_2 -tls1_3 -status", grouped=False, _connect=_HOST, _servername=_HOST, _starttls=NAME,
    _verify=NUMBER,
)  # fmt: skip
_X509: Final = taking(
    "-noout -text -dates -subject -issuer -serial -fingerprint -sha256 -enddate -startdate", grouped=False,
    _in=NAME, _checkend=NUMBER, _ext=NAME,
)  # fmt: skip


def ss(arguments: Sequence[str]) -> bool:
    """ss(8), without `-K`, which closes sockets, and what reads or writes a file."""
    return _SS.words(arguments) is not None


def ip(arguments: Sequence[str]) -> bool:
    """ip(8): `show`, `list` and `get` alone; without a verb it shows."""
    words = _IP.words(arguments)
    if not words or words[0] not in _IP_OBJECTS or any(word.startswith("-") for word in words):
        return False
    return len(words) == 1 or words[1] in ("show", "list", "ls", "get")


def dig(arguments: Sequence[str]) -> bool:
    """dig(1): names, types, servers and `+options`; no `-f`, which reads a file."""
    words = _DIG.words(arguments)
    return words is not None and all(
        _DIG_WORD.fullmatch(word) and not (word.startswith("@") and leads_there(word[1:])) for word in words
    )


def lookup(arguments: Sequence[str]) -> bool:
    """host(1) and nslookup(1), asked for names."""
    words = _LOOKUP.words(arguments)
    return bool(words) and all(_HOST.fullmatch(word) for word in words or ())


def ping(arguments: Sequence[str]) -> bool:
    """ping(8) with a count of at most two digits; no flood."""
    read = _PING.read(arguments)
    if read is None or not read.values("-c"):
        return False
    return len(read.words) == 1 and _HOST.fullmatch(read.words[0]) is not None


def traceroute(arguments: Sequence[str]) -> bool:
    """traceroute(8) to one host."""
    words = _TRACEROUTE.words(arguments)
    return words is not None and len(words) == 1 and _HOST.fullmatch(words[0]) is not None


def openssl(arguments: Sequence[str]) -> bool:
    """openssl(1): `s_client` to look at a server's certificate, `x509` to read one; nothing that writes.

    `s_client` ends by itself, because there is no standard input.
    """
    if not arguments:
        return False
    verb, *rest = arguments
    if verb == "version":
        return set(rest) <= {"-a"}
    if verb == "s_client":
        read = _S_CLIENT.read(rest)
        return read is not None and not read.words and _may_be_reached(read.values("-connect"))
    return verb == "x509" and _X509.words(rest) == [] and "-noout" in rest


def _may_be_reached(places: Sequence[str]) -> bool:
    """Places as `host:port`."""
    return bool(places) and not any(leads_there(place.rpartition(":")[0] or place) for place in places)
