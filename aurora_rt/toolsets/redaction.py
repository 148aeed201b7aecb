"""Taking out of a text what looks like a secret, before anybody reads or keeps it.

Two kinds: what stands where a secret stands (after `password=`, after `Bearer`, before the `@` of a URL), and what has
a secret's well-known shape. Every pattern is linear in the text; redacting twice gives the same as once.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

HIDDEN: Final = "[redacted]"

_NAME: Final = (
    r"(?:pg|db|my)?pass(?:word|wd|phrase)?|pwd(?!\s?[:=]\s?/)|requirepass|masterauth|secret|token|credentials?"
    r"|(?:api|access|secret|private|account|encryption|signing|master)[_-]?key(?:[_-]base)?|client-key-data"
)
"""What a secret is called. What `PWD` names is a directory, when it is a path."""
_START: Final = r"(?:\b|_|-|(?-i:(?<=[a-z])(?=[A-Z])))"
"""Where a name or its last part begins: `token`, `auth_token`, `auth-token`, `authToken`."""
_VALUE: Final = r"""(?:"[^"\n]+"?|'[^'\n]+'?|[^\s"',;&\\]+)"""
"""Up to the closing quote, or to the end of the line where the text was cut before it."""
_NO_VALUE: Final = (
    r"(?:expired|invalid|missing|denied|rejected|revoked|required|unknown|empty|not|no|none|null|nil|true|false)"
    r"""(?:[\s"',;.)]|$)"""
)
"""What is said about secrets: `token: expired`."""

_SECRETS: Final = (
    # key blocks (RFC 7468, RFC 9580)
    (
        re.compile(
            r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r".*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
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
            rf"""(\bauthorization\\?["']?\s?[:=]\s?\\?["']?(?:[a-z]{{2,12}}\s+)?+)(?!\[redacted\])(?!{_NO_VALUE})[^\s"',;\\]+""",
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
            rf"""({_START}(?:{_NAME})(?:\\?["'])?\s?(?:=|:(?=["'\\])|:\s)\s?\\?)"""
            rf"(?!(?:bearer|basic)\s|\[redacted\]|{_NO_VALUE}){_VALUE}",
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
    # programs that take a password by one letter
    (
        re.compile(
            r"(\bsshpass +-p ?|\b(?:redis|valkey)-cli(?: +(?!-a )\S++){0,20}? +-a +"
            r"|\bmysql(?:dump|admin)?(?: +(?!-p)\S++){0,20}? +-p)(?!\[redacted\])\S+"
        ),
        rf"\1{HIDDEN}",
    ),
    # cookies, and the signature that makes a URL or a request valid
    (
        re.compile(r"(\bcookie:\s?)(?!\[redacted\])[^\s=]+=[^\n\"']*", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(r"((?:\bsignature|[?&]sig)=)(?!\[redacted\])[^\s&\"',;]+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # well-known shapes: AWS, GitHub, GitLab, Slack, Google, Stripe and model providers, Vault, Docker, npm, PyPI,
    # SendGrid, Telegram, JSON Web Tokens
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), HIDDEN),
    (re.compile(r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{30,}"), HIDDEN),
    (re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"), HIDDEN),
    (re.compile(r"\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}"), HIDDEN),
    (
        re.compile(r"(\bhooks\.slack\.com/(?:services|workflows|triggers)/)(?!\[redacted\])[^\s\"']+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\bAIza[A-Za-z0-9_-]{35}"), HIDDEN),
    (re.compile(r"\b[srp]k[-_](?:live|test|ant|proj)[-_][A-Za-z0-9_-]{16,}"), HIDDEN),
    (re.compile(r"\bsk-[A-Za-z0-9]{32,}"), HIDDEN),
    (re.compile(r"\b(?:hv[sb]\.|dckr_pat_|npm_|pypi-)[A-Za-z0-9_-]{20,}"), HIDDEN),
    (re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"), HIDDEN),
    (re.compile(r"\b(?:bot)?\d{6,12}:[A-Za-z0-9_-]{30,}"), HIDDEN),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"), HIDDEN),
)

_OPTION: Final = re.compile(rf"--?(?:[a-z0-9]+[_-]){{0,4}}(?:{_NAME})", re.IGNORECASE)
_ASSIGNED: Final = re.compile(rf"(-{{0,2}}(?:[a-z0-9]+[_-]){{0,6}}(?:{_NAME})=).+", re.IGNORECASE | re.DOTALL)


def hidden_words(words: Sequence[str]) -> Iterator[str]:
    """The words of a command line, those that are secrets hidden to their end.

    In text nobody can tell where a secret with spaces, commas or quotes in it ends; here it is known.
    """
    for before, word in zip(("", *words), words, strict=False):
        if _OPTION.fullmatch(before) and not word.startswith("-"):
            yield HIDDEN
        else:
            yield _ASSIGNED.sub(rf"\1{HIDDEN}", word) if _ASSIGNED.fullmatch(word) else word


def redacted(text: str) -> str:
    """`text` with `[redacted]` in place of every secret in it."""
    for shape, replacement in _SECRETS:
        text = shape.sub(replacement, text)
    return text
