"""Statements as they may be shown: on one line, cut, without the secrets that they may hold. Pure."""

import re
from typing import Final

from aurora_rt.redaction import HIDDEN, redacted
from aurora_rt.toolsets.legible import one_line

LIMIT: Final = 400
_SECRET: Final = re.compile(
    r"\b(?:password|identified|encrypted|crypt|pgp_\w+|encrypt|decrypt|aes_encrypt|aes_decrypt|hmac|digest|secret|token"
    r"|api_?key|dblink\w*|user mapping|subscription|conninfo|master_\w+)\b",
    re.IGNORECASE,
)
"""Words of statements whose literals may be secrets."""
_LITERAL: Final = re.compile(
    r"'(?:[^'\\]|''|\\.)*(?:'|$)|\"(?:[^\"\\]|\\.)*(?:\"|$)|\$(\w*)\$.*?(?:\$\1\$|$)", re.DOTALL
)


def statement(text: str | None) -> str:
    """`text` fit to be shown; every literal of a statement about secrets is hidden."""
    whole = (text or "")[: 8 * LIMIT]
    if _SECRET.search(whole):
        whole = _LITERAL.sub(f"'{HIDDEN}'", whole)
    return redacted(one_line(whole, LIMIT))
