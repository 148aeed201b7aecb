"""curl, where it only gets; and never from where clouds hand out credentials to whoever asks from inside."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from aurora_rt.connectors.addresses import leads_there
from aurora_rt.toolsets.verdicts.options import NAME, taking

_SECONDS: Final = re.compile(r"\d{1,2}(?:\.\d+)?")
_CURL: Final = taking(
    "-s -S -I -i -v -k -f -4 -6 --silent --show-error --head --include --verbose --fail --compressed --insecure "
    "--http1.1 --http2 --ipv4 --ipv6",
    _m=_SECONDS, max_time=_SECONDS, connect_timeout=_SECONDS, _A=NAME, _o=re.compile("/dev/null"),
    output=re.compile("/dev/null"), _X=re.compile("GET|HEAD"), request=re.compile("GET|HEAD"),
    # `%output{}` writes a file, `@` reads one
    _w=re.compile(r"(?:[^%@\\\0]|%\{[a-z_.]+\}|\\[nt])*"),
    write_out=re.compile(r"(?:[^%@\\\0]|%\{[a-z_.]+\}|\\[nt])*"),
    _H=re.compile(r"(?:Accept|Host|Cache-Control): ?[\w.*/;,=:+ -]+", re.IGNORECASE),
)  # fmt: skip
_URL: Final = re.compile(
    r"(?P<scheme>https?://)?(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?"
    r"(?:[/?][A-Za-z0-9._~:/?!$&'()*+,;=%@-]*)?",
    re.IGNORECASE,
)
"""Neither `user@host`, nor a fragment, nor what curl takes for many addresses in one."""
_OTHER_GUESS: Final = re.compile(r"(?:ftp|dict|ldap|imap|smtp|pop3)\.", re.IGNORECASE)
"""Without a scheme, curl guesses it from these."""
_CLOSED_PATHS: Final = re.compile(
    r"secret|/v1/kv(?:/|$|\?)|/actuator/(?:env|heapdump|configprops|shutdown|restart)|/containers/[^/]+/(?:archive|export)"
    r"|/debug/pprof|quitquitquit|/(?:shutdown|abort|reboot)(?:/|$|\?)",
    re.IGNORECASE,
)
"""Where well-known servers show secrets to whoever may reach them, or do something when they are merely asked."""


def curl(arguments: Sequence[str]) -> bool:
    """curl(1): GET and HEAD of HTTP addresses; nothing that sends, writes a file, or is sent on elsewhere."""
    words = _CURL.words(arguments)
    return bool(words) and all(map(_may_be_asked, words or ()))


def _may_be_asked(word: str) -> bool:
    url = _URL.fullmatch(word)
    if url is None or (not url["scheme"] and _OTHER_GUESS.match(url["host"])):
        return False
    if _CLOSED_PATHS.search(unquote(unquote(word))):
        return False
    return not leads_there(url["host"])
