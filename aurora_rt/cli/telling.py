"""What a room tells, as lines for people and for programs."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from aurora_rt.client import Event, Message, Piece, Resync
from aurora_rt.clock import now, rfc3339

INDENT: Final = " " * 22
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that would do something to a terminal: what comes from alerts and tools is only text."""


def as_json(message: Message) -> str:
    """A message as one line; `kind` is event, resync, or what a piece of text belongs to."""
    match message:
        case Event():
            return json.dumps({"kind": "event", **asdict(message), "at": rfc3339(message.at)})
        case Piece():
            return json.dumps(asdict(message))
        case Resync():
            return json.dumps({"kind": "resync", **asdict(message)})


class Teller:
    """Writes for people. One text is written on while its pieces come; another message breaks its line."""

    def __init__(self, echo: Callable[..., object]) -> None:
        """`echo` is click's."""
        self._echo = echo
        self._written: dict[str, str] = {}
        """What was written of each text that is not finished."""
        self._open: str | None = None
        """The text at whose end the cursor is."""

    def tell(self, message: Message) -> None:
        """Write one message."""
        match message:
            case Piece():
                self._write(message.id, now(), message.kind, message.text)
            case Event(type="thought"):
                self._finish(message.data["id"], message, "thought", message.data["content"])
            case Event(type="message", data={"sender": "assistant"}):
                self._finish(message.data["id"], message, "answer", message.data["text"])
            case Event(type="summary"):
                self._finish(
                    self._summary(message.data["summary"]), message, "summary", message.data["summary"]
                )
            case Event():
                self._break()
                self._echo(_head(message.at, message.type) + _plain(_sentence(message.type, message.data)))
            case Resync():
                self._break()
                self._echo(_head(now(), "resync") + "Events are missing here; it goes on from now.")

    def _write(self, text_id: str, at: datetime, kind: str, text: str) -> None:
        if self._open != text_id:
            self._break()
            self._echo(_head(at, kind) + ("… " if text_id in self._written else ""), nl=False)
            self._open = text_id
        self._written[text_id] = self._written.get(text_id, "") + text
        self._echo(_plain(text), nl=False)

    def _finish(self, text_id: str, event: Event, kind: str, whole: str) -> None:
        written = self._written.get(text_id, "")
        if not whole.startswith(written):  # it was put in other words: say it again
            self._break()
            del self._written[text_id]
            written = ""
        if whole != written or not written:
            self._write(text_id, event.at, kind, whole[len(written) :])
        self._written.pop(text_id, None)
        if self._open == text_id:
            self._break()

    def _summary(self, summary: str) -> str:
        """The text that a summary finishes: the event does not name it."""
        found = (one for one, text in self._written.items() if text and summary.startswith(text))
        return next(found, "summary")

    def _break(self) -> None:
        if self._open is not None:
            self._echo("")
            self._open = None


def _head(at: datetime, kind: str) -> str:
    return f"{at.astimezone():%H:%M:%S}  {kind:<10}  "


def _plain(text: str) -> str:
    return CONTROL.sub("�", text).replace("\n", f"\n{INDENT}")


def _sentence(kind: str, told: dict[str, Any]) -> str:
    """What an event says, in one line or a few."""
    match kind, told:
        case "incident", {
            "alert": {"title": title},
            "id": incident_id,
            "status": status,
            "auroraStatus": analysis,
        }:
            return f"{title}: {status}, analysis {analysis} ({incident_id})"
        case "status", {"status": status, "auroraStatus": analysis}:
            return f"{status}, analysis {analysis}"
        case "alert", {"alertTitle": title, "status": status, "correlationDetails": why}:
            return f"{title}: {status}. {why}"
        case "citation", {"key": key, "command": command}:
            return f"[{key}] {command}"
        case "suggestion", {"title": title, "risk": risk, "command": command}:
            return f"{title} (risk: {risk})" + (f"\n{command}" if command else "")
        case "message", {"text": text}:
            return str(text)
    return json.dumps(told, ensure_ascii=False)
