"""From a file to its text: without secrets, and without trusting the file.

A PDF is read by a program of its own (`pdf_text`), with limits of time, memory, pages and text: one that is made to
hang or to fill the memory ends there, and the worker goes on. Text is decoded and cleaned a stretch at a time, in a
thread, so that the event loop is never held for long.
"""

import asyncio
import codecs
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, Final

from aurora_rt.knowledge import pdf_text
from aurora_rt.knowledge.names import FileType
from aurora_rt.redaction import redacted
from aurora_rt.settings import child_environment

PDF_SECONDS: Final = 120
CPU_SECONDS: Final = 120
PDF_MEMORY: Final = 1024
"""Mebibytes."""
MOST_PAGES: Final = 2000
MOST_CHARACTERS: Final = 20_000_000
"""Of the text within a PDF, which may be packed very tightly."""
STRETCH: Final = 64 * 1024
"""Characters that are cleaned at once."""
_OPENING, _CLOSING = "-----BEGIN ", "-----END "

_one_at_a_time = asyncio.Semaphore(2)


class Unreadable(Exception):
    """The file cannot be read, and never will be: `reason` says why, in a sentence for whoever uploaded it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_WHY: Final = {
    pdf_text.ENCRYPTED: "The PDF is protected by a password. Upload a copy without one.",
    pdf_text.TOO_MANY_PAGES: f"The PDF has more than {MOST_PAGES} pages. Split it and upload the parts.",
    pdf_text.TOO_MUCH_TEXT: "The PDF holds more text than is read from one document. Split it and upload the parts.",
    pdf_text.BROKEN: "The PDF is broken: its text cannot be read. Save it again and upload the copy.",
}
_SCANNED: Final = (
    "The PDF holds no text, only pictures of it, as scanners make them: run text recognition first."
)
_TOO_LONG: Final = (
    f"Reading the PDF took longer than {PDF_SECONDS} seconds and was given up. Save it in a simpler form."
)


async def text_of(kind: FileType, file: BinaryIO) -> str:
    """The text of an open file, without secrets. Raises `Unreadable`."""
    raw = await _pdf(file) if kind == "pdf" else await asyncio.to_thread(_whole, file)
    text = await asyncio.to_thread(cleaned, raw)
    if not text.strip():
        raise Unreadable(_SCANNED if kind == "pdf" else "The file holds no text.")
    return text


def _whole(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def cleaned(raw: bytes) -> str:
    """What `raw` says, in one kind of line end, without control characters and secrets. Raises `Unreadable`."""
    text = _decoded(raw).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return "".join(redacted(_printable(one)) for one in stretches(text))


def stretches(text: str) -> Iterator[str]:
    """`text` in stretches of some `STRETCH` characters, cut at ends of lines and never within a key's block."""
    start = 0
    while start < len(text):
        end = _end_of_line(text, start + STRETCH)
        if (opened := text.rfind(_OPENING, start, end)) > text.rfind(_CLOSING, start, end) and opened > start:
            end = opened  # the next stretch begins with the key, and holds it whole
        elif opened == start and (closed := text.find(_CLOSING, start, start + 4 * STRETCH)) > 0:
            end = max(end, _end_of_line(text, closed))
        yield text[start:end]
        start = end


def _end_of_line(text: str, at: int) -> int:
    found = text.find("\n", at, at + STRETCH)
    return found + 1 if found >= 0 else min(at + STRETCH, len(text))


def _printable(text: str) -> str:
    return text.translate(_NO_CONTROLS)


_NO_CONTROLS: Final = {code: None for code in range(32) if chr(code) not in "\n\t"} | {
    127: None,
    0xFEFF: None,
}


def _decoded(raw: bytes) -> str:
    """Unicode in the encoding that the text says or UTF-8; else as Western Europe wrote before that."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    with suppress(UnicodeDecodeError):
        return raw.decode("utf-8-sig")
    if b"\0" in raw:
        raise Unreadable(
            "The file holds no text, or text in an encoding that is not known here. Save it as UTF-8."
        )
    return raw.decode("cp1252", "replace")


async def _pdf(file: BinaryIO) -> bytes:
    """The text of a PDF, as UTF-8. Raises `Unreadable`."""
    limits = map(str, (MOST_PAGES, MOST_CHARACTERS, CPU_SECONDS, PDF_MEMORY))
    async with _one_at_a_time:
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",  # nothing of the working directory or the environment is imported
            pdf_text.__file__,
            f"/dev/fd/{file.fileno()}",
            *limits,
            pass_fds=(file.fileno(),),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environment(),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(PDF_SECONDS):
                text, _ = await program.communicate()
        except TimeoutError:
            raise Unreadable(_TOO_LONG) from None
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
    if program.returncode:
        # Whom the system ended used up its time or memory.
        raise Unreadable(
            _WHY.get(program.returncode, _TOO_LONG if program.returncode < 0 else _WHY[pdf_text.BROKEN])
        )
    return text
