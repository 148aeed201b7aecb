"""Cutting a text into chunks that make sense by themselves.

A text is read as blocks: headings, paragraphs, lists, tables, code. Blocks are packed into chunks of about `AIM`
characters; a chunk never crosses a heading, except that what is too short to stand alone joins its neighbour. A list,
a table or code is kept whole where it fits, and is else cut between lines; a paragraph is cut between sentences, and
the next chunk begins with the end of the one before, so that a sentence keeps what it refers to.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

AIM = 1_500
"""Characters that a chunk has at most, unless what belongs together is somewhat longer."""
LIMIT = 2_000
"""Characters that no chunk exceeds."""
OVERLAP = 200
MINIMUM = 250
"""A chunk with fewer characters joins its neighbour where that has room."""
HEADING_LENGTH = 120

ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+\S")
NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?[ \t]+([^\W\d_].{0,70})")
SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a text, and the headings that it stands under."""

    heading: str
    """Outermost first, joined by ` › `; `""` for none."""
    text: str


@dataclass(frozen=True, slots=True)
class _Block:
    kind: Literal["heading", "paragraph", "lines"]
    text: str
    level: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    path: tuple[str, ...]
    text: str


def cut(text: str) -> Sequence[Chunk]:
    """The chunks of a text, in order; none of a text without a word."""
    lines = text.replace("\x00", "").splitlines()
    pieces = [piece for path, blocks in _sections(_blocks(lines)) for piece in _packed(path, blocks)]
    return [Chunk(" › ".join(piece.path), piece.text) for piece in _joined(pieces)]


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    marked = any(ATX.fullmatch(line) for line in lines)
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        block, at = _block(lines, at, numbered=not marked)
        yield block


def _block(lines: Sequence[str], at: int, *, numbered: bool) -> tuple[_Block, int]:
    line = lines[at]
    if heading := ATX.fullmatch(line):
        return _heading(line, len(heading[1]), heading[2]), at + 1
    if fence := FENCE.match(line):
        return _taken("lines", lines, at, _end_of_code(lines, at, fence[1]))
    under = lines[at + 1] if at + 1 < len(lines) else ""
    if UNDERLINE.fullmatch(under) and not _is_row(line) and len(line) <= HEADING_LENGTH:
        return _heading(f"{line}\n{under}", 1 if "=" in under else 2, line.strip()), at + 2
    if numbered and (title := _numbered_heading(lines, at)):
        return _heading(line, title.count(".") + 1, line.strip()), at + 1
    if _is_row(line):
        return _taken("lines", lines, at, _end_of_table(lines, at))
    if ITEM.match(line):
        return _taken("lines", lines, at, _end_of_list(lines, at))
    end = at + 1
    while end < len(lines) and not _ends_paragraph(lines, end):
        end += 1
    return _taken("paragraph", lines, at, end)


def _heading(text: str, level: int, title: str) -> _Block:
    return _Block("heading", text.strip(), level, title[:HEADING_LENGTH])


def _taken(
    kind: Literal["paragraph", "lines"], lines: Sequence[str], at: int, end: int
) -> tuple[_Block, int]:
    return _Block(kind, "\n".join(line.rstrip() for line in lines[at:end]).strip("\n")), end


def _is_row(line: str) -> bool:
    return line.lstrip().startswith("|") and line.count("|") > 1


def _end_of_table(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and _is_row(lines[at]):
        at += 1
    return at


def _end_of_code(lines: Sequence[str], at: int, fence: str) -> int:
    for end in range(at + 1, len(lines)):
        if lines[end].strip().startswith(fence) and not lines[end].strip().strip(fence[0]):
            return end + 1
    return len(lines)


def _end_of_list(lines: Sequence[str], at: int) -> int:
    """Past the last item; items may go on in indented lines and have single blank lines and code between them."""
    end = at + 1
    while end < len(lines):
        line = lines[end]
        if line.strip():
            indented = line[0] in " \t"
            if not ITEM.match(line) and not indented and not lines[end - 1].strip():
                return end
            if ATX.fullmatch(line):
                return end
        elif end + 1 >= len(lines) or not (ITEM.match(lines[end + 1]) or lines[end + 1][:1] in (" ", "\t")):
            return end
        end += 1
    return end


def _numbered_heading(lines: Sequence[str], at: int) -> str | None:
    """The number of a heading such as `2.1 Symptoms`, which stands alone between blank lines."""
    found = NUMBERED.fullmatch(lines[at].strip())
    alone = (at == 0 or not lines[at - 1].strip()) and (at + 1 == len(lines) or not lines[at + 1].strip())
    if not found or not alone or found[2][-1] in ".,;:!?":
        return None
    after = next((line.strip() for line in lines[at + 1 :] if line.strip()), "")
    following = NUMBERED.fullmatch(after)
    if following and following[1].count(".") == found[1].count("."):
        return None  # items of a list with blank lines between them
    return found[1]


def _ends_paragraph(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    return not line.strip() or bool(
        ATX.fullmatch(line) or FENCE.match(line) or ITEM.match(line) or _is_row(line)
    )


def _sections(blocks: Iterable[_Block]) -> Iterator[tuple[tuple[str, ...], list[_Block]]]:
    """The blocks under each heading, the heading itself first, with the titles of the headings above them."""
    open_headings: list[_Block] = []
    here: list[_Block] = []
    for block in blocks:
        if block.kind == "heading":
            if here:
                yield tuple(one.title for one in open_headings), here
            open_headings = [one for one in open_headings if one.level < block.level] + [block]
            here = []
        here.append(block)
    if here:
        yield tuple(one.title for one in open_headings), here


def _packed(path: tuple[str, ...], blocks: Sequence[_Block]) -> Iterator[_Piece]:
    held = ""
    for block in blocks:
        for part in _parts(block):
            together = f"{held}{'' if not held else chr(10) * 2}{part}"
            if not held or len(together) <= AIM or (len(held) < MINIMUM and len(together) <= LIMIT):
                held = together
                continue
            yield _Piece(path, held)
            end = _end(held) if block.kind == "paragraph" else ""
            held = f"{end}\n{part}" if end and len(end) + len(part) < LIMIT else part
    if held:
        yield _Piece(path, held)


def _parts(block: _Block) -> Iterator[str]:
    """The block, or pieces of at most `AIM` characters of one that is too long."""
    if len(block.text) <= AIM + OVERLAP:
        yield block.text
        return
    split = block.text.split("\n") if block.kind == "lines" else SENTENCE_END.split(block.text)
    held = ""
    for line in split:
        for part in _short(line):
            joint = "\n" if block.kind == "lines" else " "
            if held and len(held) + len(part) + 1 > AIM:
                yield held
                held = part
            else:
                held = f"{held}{joint}{part}" if held else part
    if held:
        yield held


def _short(line: str) -> Iterator[str]:
    """A line in pieces of at most `AIM` characters, cut at spaces where there are any."""
    while len(line) > AIM:
        at = line.rfind(" ", AIM // 2, AIM)
        at = AIM if at < 0 else at
        yield line[:at]
        line = line[at:].lstrip(" ")
    if line.strip():
        yield line


def _end(text: str) -> str:
    """The last sentences of a text, up to `OVERLAP` characters; of a longer sentence its last words."""
    tail = text[-OVERLAP:]
    if len(tail) == len(text):
        return ""
    begins = [found.end() for found in SENTENCE_END.finditer(tail) if found.end() < len(tail)]
    if begins:
        return tail[begins[0] :].strip()
    return tail[tail.find(" ") + 1 :].strip() if " " in tail else ""


def _joined(pieces: Sequence[_Piece]) -> Sequence[_Piece]:
    """The pieces, those that are too short together with their neighbours."""
    joined: list[_Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        short = before is not None and min(len(before.text), len(piece.text)) < MINIMUM
        if before is not None and short and len(before.text) + len(piece.text) + 2 <= LIMIT:
            joined[-1] = _Piece(_path_of_both(before.path, piece.path), f"{before.text}\n\n{piece.text}")
        else:
            joined.append(piece)
    return joined


def _path_of_both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The longer path when it goes on from the other, else what they share."""
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    if shared == min(len(one), len(other)):
        return max(one, other, key=len)
    return one[:shared]
