"""E-mail addresses: which ones we take, and their one spelling."""

import hashlib
import re

MAX_LENGTH = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*")
"""A valid e-mail address in the sense of the HTML standard (4.10.5.1.5), so that browser and server agree."""


def canonical(email: str) -> str:
    """`email` trimmed and in lower case, the spelling that is stored and compared."""
    return email.strip().lower()


def valid(email: str) -> str:
    """The canonical spelling of `email`. Raises `ValueError` when it is not an address."""
    spelled = canonical(email)
    if len(spelled) > MAX_LENGTH or not spelled.isascii() or not ADDRESS.fullmatch(spelled):
        raise ValueError("this is not an e-mail address")
    return spelled


def fingerprint(email: str) -> str:
    """What a log says instead of an address."""
    return hashlib.sha256(canonical(email).encode()).hexdigest()[:16]
