"""Text from outside, made storable, short and safe to show; and what stands in the URLs that vendors send."""

from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

NAME_LIMIT: Final = 300
"""Characters of a title, service, environment or label name."""
VALUE_LIMIT: Final = 4096
"""Characters of a description, a label's or annotation's value, an expression."""
URL_LIMIT: Final = 8192
"""A URL cannot be cut, so a longer one is dropped."""


def storable(text: str) -> str:
    """`text` without NUL and with U+FFFD for lone surrogates: PostgreSQL stores neither."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def cut(text: str, limit: int = VALUE_LIMIT) -> str:
    """`text` with at most `limit` characters, the last of which is `…` when something was cut off."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def web_address(address: str, base: str = "") -> str:
    """`address`, joined with `base` when it is relative; `""` for what is no http(s) URL or is too long.

    The page makes a link of it, so `javascript:` and its like end here.
    """
    try:
        joined = urljoin(base.rstrip("/") + "/", address) if address and base else address
        parts = urlsplit(joined)
    except ValueError:
        return ""
    usable = parts.scheme in ("http", "https") and parts.netloc and len(joined) <= URL_LIMIT
    return joined if usable else ""


def expression_in(address: str) -> str | None:
    """The PromQL that Prometheus puts into a rule's URL: the `g0.expr` of `/graph?g0.expr=…`."""
    try:
        found = parse_qs(urlsplit(address).query).get("g0.expr")
    except ValueError:
        return None
    return cut(storable(found[0]).strip()) or None if found else None
