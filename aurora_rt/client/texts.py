"""The texts of a room that are being written: how much of each a reader has. Pure."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

from aurora_rt.client.messages import Event, Piece, TextKind

REMEMBERED: Final = 1000
"""Texts, the finished ones included: a late piece of one of them must not begin it anew."""


@dataclass(slots=True)
class Had:
    """What a reader has of one text."""

    kind: TextKind
    length: int = 0
    finished: bool = False


class Texts:
    """What one reader has of each text."""

    def __init__(self) -> None:
        self._had: OrderedDict[str, Had] = OrderedDict()
        self.at_rest = False
        """Whether the investigation is known to be over: what a join calls open then was left behind by a crash."""

    def fresh(self, piece: Piece) -> Piece | None:
        """What of `piece` is new to the reader; None: nothing, or it would leave a gap."""
        had = self._had.get(piece.id, Had(piece.kind))
        end = piece.offset + len(piece.text)
        if had.finished or piece.offset > had.length or end <= had.length:
            return None
        return replace(piece, offset=had.length, text=piece.text[had.length - piece.offset :])

    def take(self, piece: Piece) -> None:
        """Note that the reader has `piece`."""
        self._keep(piece.id, piece.kind).length = piece.offset + len(piece.text)

    def follow(self, event: Event) -> None:
        """Note which texts an event finishes."""
        match event.type, event.data:
            case "thought", {"id": text_id}:
                self._keep(text_id, "thought").finished = True
            case "message", {"id": text_id, "sender": "assistant"}:
                self._keep(text_id, "answer").finished = True
                self._keep(f"{text_id}:looks", "looks").finished = True
            case "summary", _:
                self._finish("summary")
            case "status", {"auroraStatus": status}:
                self.at_rest = status != "running"
                if self.at_rest:
                    self._finish("thought", "summary")

    def _keep(self, text_id: str, kind: TextKind) -> Had:
        had = self._had.setdefault(text_id, Had(kind))
        self._had.move_to_end(text_id)
        if len(self._had) > REMEMBERED:
            self._had.popitem(last=False)
        return had

    def _finish(self, *kinds: TextKind) -> None:
        for had in self._had.values():
            had.finished = had.finished or had.kind in kinds
