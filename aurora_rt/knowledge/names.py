"""What a document is called, and of which type it is. Names come from strangers. Pure."""

import re
import unicodedata
from typing import Final, Literal

from aurora_rt.errors import Invalid, UnsupportedMedia

FileType = Literal["md", "txt", "pdf"]

NAME_LIMIT: Final = 200
ENDING_LIMIT: Final = 10
_TYPES: Final[dict[str, FileType]] = {
    "md": "md",
    "markdown": "md",
    "txt": "txt",
    "text": "txt",
    "log": "txt",
    "pdf": "pdf",
}
_FOLDERS: Final = re.compile(r".*[/\\]", re.DOTALL)
_MARKED: Final = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
"""How a text begins that says in which encoding of Unicode it is."""
_PDF_WITHIN: Final = 1024
"""Bytes within which a PDF says that it is one."""


class UnsupportedDocument(UnsupportedMedia):
    """The file is neither Markdown nor plain text nor PDF."""

    code = "unsupported_document"


class NamelessDocument(Invalid):
    """The file has no name that can be kept."""

    code = "invalid_file_name"


def legible_name(sent: str, limit: int = NAME_LIMIT) -> str:
    """`sent` on one line, without what cannot be seen or turns the reading direction, cut to `limit`."""
    shown = "".join(
        " " if unicodedata.category(one) in ("Zl", "Zp", "Cc") else one
        for one in unicodedata.normalize("NFC", sent)
        if unicodedata.category(one) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(shown.split())[:limit].rstrip()


def file_name(sent: str) -> str:
    """The last part of the name that a client gave, legible. Raises `NamelessDocument` when nothing is left."""
    stem, dot, ending = legible_name(_FOLDERS.sub("", sent), len(sent) * 2).rpartition(".")
    ending = ending[:ENDING_LIMIT] if dot else ending
    name = f"{stem[: NAME_LIMIT - len(dot + ending)]}{dot}{ending}"[:NAME_LIMIT]
    if not name.strip(". "):
        raise NamelessDocument("The file has no name. Send it with one, such as runbook.md.")
    return name


def file_type(name: str) -> FileType:
    """The type that a file's name tells. Raises `UnsupportedDocument`."""
    found = _TYPES.get(name.rpartition(".")[2].lower()) if "." in name else None
    if found is None:
        raise UnsupportedDocument("Only Markdown (.md), plain text (.txt) and PDF (.pdf) can be read.")
    return found


def require_content(kind: FileType, beginning: bytes) -> None:
    """Raise `UnsupportedDocument` when a file that begins so is not what its name says."""
    if kind == "pdf":
        if b"%PDF-" not in beginning[:_PDF_WITHIN]:
            raise UnsupportedDocument("The file is called .pdf but is not a PDF.")
    elif b"\0" in beginning and not beginning.startswith(_MARKED):
        raise UnsupportedDocument(f"The file is called .{kind} but holds no text.")
