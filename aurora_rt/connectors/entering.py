"""What somebody entered, read against the fields of a connector. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from aurora_rt.connectors.connector import Connector, Field, Given
from aurora_rt.connectors.guard import base_url
from aurora_rt.errors import Invalid

LONGEST: Final = 4000
LONGEST_LINES: Final = 32 * 1024


def entered(
    connector: Connector, values: Mapping[str, str], kept: Given | None = None, *, private: bool
) -> Given:
    """The account that was entered; secrets left out are those of `kept`. Raises `Invalid`, `ForbiddenPlace`."""
    known = {one.name for one in connector.fields}
    strange = sorted(set(values) - known)
    if strange:
        raise Invalid(f"{connector.title} has no field {strange[0][:40]!r}.")
    read = {one.name: _read(connector, one, values.get(one.name), kept, private) for one in connector.fields}
    others = {name: text for name, text in kept.values.items() if name not in known} if kept else {}
    given = Given({**others, **{name: text for name, text in read.items() if text}})
    complaint = connector.complete(given)
    if complaint:
        raise Invalid(complaint)
    return given


def _read(connector: Connector, one: Field, value: str | None, kept: Given | None, private: bool) -> str:
    text = (value or "").strip()
    if not text and kept is not None and (one.secret or value is None):
        return kept[one.name]
    if not text:
        if one.required:
            raise Invalid(f"{connector.title} needs: {one.title}.")
        return ""
    if len(text) > (LONGEST_LINES if one.lines else LONGEST):
        raise Invalid(f"{one.title} is too long.")
    if not one.lines and not text.isprintable():
        raise Invalid(f"{one.title} holds something that cannot be printed.")
    if one.secret and not one.lines and (" " in text or not text.isascii()):
        raise Invalid(f"{one.title} holds a blank or a letter that no key has.")
    if one.pattern and not re.fullmatch(one.pattern, text):
        like = f", such as {one.example}" if one.example else ""
        raise Invalid(f"{one.title} does not look right{like}.")
    return base_url(text, private=private) if one.address else text
