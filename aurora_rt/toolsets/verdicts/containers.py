"""docker, where it reads."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import ANY, NAME, NUMBER, Options, one_of, taking

_FILTER: Final = re.compile(r"[\w.:/,!=()\s-]*")
_LISTS: Final = taking(
    "-a -q -s --all --quiet --no-trunc --size --digests --latest -l", _n=NUMBER, last=NUMBER, _f=_FILTER,
    filter=_FILTER, format=ANY,
)  # fmt: skip
_SHOWS: Final = taking("-s --size", _f=ANY, format=ANY, type=NAME)
_LOGS: Final = taking("-t --timestamps --details", _n=NUMBER, tail=NUMBER, since=NAME, until=NAME)
_FORMATTED: Final = taking("-v --verbose", _f=ANY, format=ANY)
_STATS: Final = taking("-a --all --no-stream --no-trunc", format=ANY)
_EVENTS: Final = taking(since=NAME, until=NAME, _f=_FILTER, filter=_FILTER, format=ANY)
_READING: Final[dict[str, Options]] = {
    **dict.fromkeys(("ps", "images", "container ls", "image ls", "network ls", "volume ls"), _LISTS),
    **dict.fromkeys(
        ("inspect", "container inspect", "image inspect", "network inspect", "volume inspect"), _SHOWS
    ),
    **dict.fromkeys(("logs", "container logs"), _LOGS),
    **dict.fromkeys(("version", "info", "system info", "system df"), _FORMATTED),
    **dict.fromkeys(("top", "port", "diff", "container top", "container port"), taking()),
    "history": taking("-q --quiet --no-trunc -H --human", format=ANY),
    "stats": _STATS,
    "events": _EVENTS,
}
_GROUPS: Final = one_of("container image network volume system")


def docker(arguments: Sequence[str]) -> bool:
    """docker: what lists and inspects; nothing that follows, and no other engine than the one of this host."""
    if not arguments:
        return False
    verb, *rest = arguments
    if verb in _GROUPS and rest:
        verb, *rest = (f"{verb} {rest[0]}", *rest[1:])
    options = _READING.get(verb)
    read = options.read(rest) if options else None
    if read is None:
        return False
    if verb.endswith("top"):
        return len(read.words) == 1  # what follows is for ps
    if verb == "stats":
        return "--no-stream" in rest
    return verb != "events" or bool(read.values("--until"))
