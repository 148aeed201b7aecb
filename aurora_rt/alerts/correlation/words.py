"""What the text of an alert says: its words, what many depend on that it speaks of, what has run out. Pure."""

import re
from collections.abc import Mapping, Set
from typing import Final

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_][\w.-]*[^\W_]|[^\W_]{2,}")
_ADDRESS: Final = re.compile(r"https?://\S+")
_NUMBER: Final = re.compile(r"[\d.,:]+(?:%|ms|s|m|h|gi?b?|mi?b?|k)?")
NAMELIKE: Final = re.compile(r"[a-z]\w*[-.]\w|\w*[a-z]\d|\d+\.\d+\.\d+\.\d+")
"""A word that hardly anything but a name looks like: `orders-db`, `ip-10-0-3-7`, `db1`."""
WORDS: Final = 40

_EMPTY: Final = frozenset(
    """
    the and for from with was were are has have had not this that than its any all over above below under too many more
    most been will can cannot since last minutes minute seconds second hours alert alerts alarm firing triggered high
    low warning critical error errors rate value threshold limit is on of to in at by an as it or be no out up down did
    does service services instance host pod node job monitor metric status state should times time
    """.split()  # noqa: SIM905 - a list of words
)

_THEMES: Final[Mapping[str, re.Pattern[str]]] = {
    "dns": re.compile(
        r"\bdns\b|coredns|kube-?dns|nxdomain|servfail|no such host|name resolution|name or service not known|"
        r"getaddrinfo|could not resolve|enotfound",
    ),
    "network": re.compile(r"packet|unreachable|no route to host|link (?:is )?down|\bbgp\b|network"),
    "certificate": re.compile(r"x509|certificate (?:has |is )?expired|tls handshake"),
    "identity": re.compile(r"\boidc\b|\bldap\b|token endpoint|identity provider"),
    "starting": re.compile(
        r"quota|not ?ready|replicas ?mismatch|crash ?loop|image ?pull|rollout ?stuck|\bpending\b|unschedulable|evict|"
        r"container ?waiting",
    ),
    "clock": re.compile(r"clock (?:skew|drift)|\bntp\b"),
}
"""What everything in a place depends on though no call graph shows it."""
THEME_TEXTS: Final[Mapping[str, str]] = {
    "dns": "name resolution",
    "network": "the network",
    "certificate": "a certificate",
    "identity": "signing in",
    "starting": "what does not start",
    "clock": "the clock",
}
_THEME_OF_NAME: Final = {"coredns": "dns", "kube-dns": "dns"}
_RESOURCES: Final[Mapping[str, re.Pattern[str]]] = {
    "cpu": re.compile(r"\bcpu|processor|\bload\b|throttl"),
    "memory": re.compile(r"\bmemory\b|\bmem\b|\boom\b|\bswap\b|highmemory|memoryusage|lowmemory"),
    "disk": re.compile(r"disk|file ?system|inode|\bvolume|storage"),
    "clock": re.compile(r"clock"),
}


def words_in(text: str) -> dict[str, None]:
    """The words of a text that say something, in their order: whole names as well as their parts in CamelCase."""
    plain = _ADDRESS.sub(" ", text)
    found: dict[str, None] = {}
    for one in _WORD.findall(plain):
        for word in (one, *(_CAMEL.split(one) if not one.islower() else ())):
            lower = word.lower()
            if len(lower) > 2 and lower not in _EMPTY and not _NUMBER.fullmatch(lower):
                found[lower] = None
        if len(found) >= WORDS:
            break
    return found


def themes_in(text: str, names: Set[str] = frozenset()) -> frozenset[str]:
    """What many depend on, and the text is about."""
    of_names = {_THEME_OF_NAME[one] for one in names if one in _THEME_OF_NAME}
    lower = text.lower()
    return frozenset({name for name, pattern in _THEMES.items() if pattern.search(lower)} | of_names)


def resources_in(text: str) -> frozenset[str]:
    """What has run out, by the text."""
    spaced = _CAMEL.sub(" ", text).lower()
    return frozenset(name for name, pattern in _RESOURCES.items() if pattern.search(spaced))


def likeness(words: Set[str], others: Set[str]) -> float:
    """How much of what one title says the others say too: 0 to 1."""
    return len(words & others) / len(words) if words else 0.0
