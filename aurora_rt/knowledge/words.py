"""What full text sees of a technical text: its terms, identifiers both by their parts and as a whole.

`ERR_CONN_REFUSED`, `err-conn-refused` and `errConnRefused` all give `errconnrefused err conn refused`, so that each
spelling finds the others, and each part finds them all. A term has letters and digits alone, which PostgreSQL's
parser takes as they are; it then drops stop words and takes off endings.
"""

import re

TERM_LENGTH = 80
"""Characters after which a term is cut: nobody types a longer one, and blobs of base64 need no index."""

IDENTIFIER = re.compile(r"[^\W_]+(?:[-_.:/@]+[^\W_]+)*")
PART = re.compile(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+[a-z]*|[^\W_A-Za-z0-9]+")


def terms(text: str) -> str:
    """The terms of `text`, separated by spaces."""
    return " ".join(term for found in IDENTIFIER.finditer(text) for term in _terms_of(found[0]))


def _terms_of(identifier: str) -> list[str]:
    pieces = re.split(r"[-_.:/@]+", identifier)
    parts = [part for piece in pieces for part in _parts(piece)]
    if len(parts) == 1:
        return [parts[0][:TERM_LENGTH]]
    whole = "".join(parts)
    wholes = [whole] if len(whole) <= TERM_LENGTH else []
    # `OOMKilled-2`: the pieces between separators are words of their own, too
    wholes += [piece.lower() for piece in pieces if len(pieces) > 1 and piece.lower() not in parts]
    return [*wholes, *(part[:TERM_LENGTH] for part in parts)]


def _parts(piece: str) -> list[str]:
    if not piece.isascii():
        return [piece.lower()]
    return [part.lower() for part in PART.findall(piece)] or [piece.lower()]
