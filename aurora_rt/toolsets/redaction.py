"""Taking out of a text what looks like a secret, before anybody reads or keeps it."""

import re
from typing import Final

HIDDEN: Final = "[redacted]"

_SECRETS: Final = (
    # credentials in a URL
    (
        re.compile(r"(?P<keep>\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+(?=@)", re.IGNORECASE),
        rf"\g<keep>{HIDDEN}",
    ),
    # Authorization headers
    (
        re.compile(r"(?P<keep>\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
        rf"\g<keep>{HIDDEN}",
    ),
    # name=value, --name value, "name": "value"
    (
        re.compile(
            r"(?P<keep>(?:\b|_|-)(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)"
            r"[\"']?\s*(?:=|:\s|:(?=\")|\s(?=\S))\s*[\"']?)(?!\[redacted)[^\s\"',;&]{3,}",
            re.IGNORECASE,
        ),
        rf"\g<keep>{HIDDEN}",
    ),
    # key blocks (RFC 7468)
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        HIDDEN,
    ),
    # well-known shapes: AWS, GitHub, Slack, Google, JSON Web Tokens
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), HIDDEN),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"), HIDDEN),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b"), HIDDEN),
    (re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"), HIDDEN),
)


def redacted(text: str) -> str:
    """`text` with `[redacted]` in place of every secret in it."""
    for shape, replacement in _SECRETS:
        text = shape.sub(replacement, text)
    return text
