"""XML of servers that may send anything: read without document types and entities, bounded in depth. Pure.

An element with children becomes a mapping; children of one name, a list; an element with text alone, its text.
"""

from typing import Final, TypeAlias
from xml.parsers import expat

DEPTH: Final = 60
Value: TypeAlias = "str | dict[str, Value] | list[Value]"


class NotReadable(ValueError):
    """It is no XML, or none that is safe to read."""


class _Reader:
    def __init__(self) -> None:
        self._open: list[tuple[dict[str, Value], list[str]]] = [({}, [])]

    def start(self, _name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) > DEPTH:
            raise NotReadable("it is nested too deeply")
        self._open.append(({}, []))

    def text(self, piece: str) -> None:
        self._open[-1][1].append(piece)

    def end(self, name: str) -> None:
        children, texts = self._open.pop()
        value: Value = children or "".join(texts).strip()
        siblings = self._open[-1][0]
        name = name.rpartition(":")[2]
        before = siblings.get(name)
        if before is None:
            siblings[name] = value
        elif isinstance(before, list):
            before.append(value)
        else:
            siblings[name] = [before, value]

    def whole(self) -> Value:
        return next(iter(self._open[0][0].values()))


def read(body: bytes) -> Value:
    """What is within the outermost element. Raises `NotReadable`."""
    reader, parser = _Reader(), expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotReadable("it is no XML") from error
    return reader.whole()


def members(value: object) -> object:
    """A list as AWS writes it, `<set><item/>…</set>`, as a list; for `BeforeValidator`. Lists of JSON stay."""
    if value is None or value == "":
        return ()
    if isinstance(value, dict) and len(value) == 1:
        (inner,) = value.values()
        return inner if isinstance(inner, list) else [inner]
    return value


def _no_doctype(*_: object) -> None:
    raise NotReadable("it has a document type, which is never needed")
