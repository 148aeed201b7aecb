"""Taking out of a text what looks like a secret, before anybody reads or keeps it.

Two kinds: what stands where a secret stands (after `password=`, after `Bearer`, before the `@` of a URL), and what has
a secret's well-known shape. Every pattern is linear in the text; redacting twice gives the same as once.
"""

import re
from typing import Final

HIDDEN: Final = "[redacted]"

_NAME: Final = (
    r"(?:pg|db|my)?pass(?:word|wd|phrase)?|pwd|requirepass|masterauth|secret|token|credentials?"
    r"|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|account[_-]?key"
)
_VALUE: Final = r"""(?:"[^"\n]+"|'[^'\n]+'|[^\s"',;&\\]+)"""

_SECRETS: Final = (
    # key blocks (RFC 7468)
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
        HIDDEN,
    ),
    # credentials in a URL: after the user, or a token in the user's place
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]*:)[^\s/]+(?=@)", re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/:@\[]{16,}(?=@)", re.IGNORECASE), rf"\1{HIDDEN}"),
    # Authorization: Bearer …
    (
        re.compile(
            r"""(\bauthorization\\?["']?\s?[:=]\s?\\?["']?(?:[a-z]{2,12}\s+)?+)(?!\[redacted\])[^\s"',;\\]+""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (
        # A credential has a digit or padding; the words of a sentence about bearers have not.
        re.compile(r"(\b(?:bearer|basic)\s+)(?=[a-z._~+/-]*[0-9=])[a-z0-9._~+/=-]{8,}", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # name=value, name: value, "name": "value", also with quotes that are escaped
    (
        re.compile(
            rf"""((?:\b|_|-)(?:{_NAME})(?:\\?["'])?\s?(?:=|:(?=["'\\])|:\s)\s?\\?)"""
            rf"(?!(?:bearer|basic)\s|\[redacted\]){_VALUE}",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # --name value
    (
        re.compile(
            rf"((?:^|\s)--?(?:[a-z0-9]+[_-]){{0,4}}(?:{_NAME})\s+)(?!-|\[redacted\]){_VALUE}", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    # curl -u name:password, but not docker -u 1000:1000
    (
        re.compile(r"((?:^|\s)(?:-u|--user)[ =]?[^\s:@/]+:)(?!\[redacted\]|\d+(?:\s|$))\S+"),
        rf"\1{HIDDEN}",
    ),
    # well-known shapes: AWS, GitHub, GitLab, Slack, Google, Stripe and model providers, JSON Web Tokens
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), HIDDEN),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{30,}"), HIDDEN),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"), HIDDEN),
    (re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"), HIDDEN),
    (re.compile(r"\bAIza[A-Za-z0-9_-]{35}"), HIDDEN),
    (re.compile(r"\b[srp]k[-_](?:live|test|ant|proj)[-_][A-Za-z0-9_-]{16,}"), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"), HIDDEN),
)


def redacted(text: str) -> str:
    """`text` with `[redacted]` in place of every secret in it."""
    for shape, replacement in _SECRETS:
        text = shape.sub(replacement, text)
    return text
