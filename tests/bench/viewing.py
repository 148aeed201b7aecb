"""How long it takes until somebody with the page open sees something: from the webhook to a screen."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import socketio
from people import Person, firing, notification

PATIENCE = 60.0


@dataclass(slots=True)
class Seen:
    """Seconds from the moment at which an alert was posted; None for what never came."""

    accepted: float | None = None
    thought: float | None = None
    summary: float | None = None


@dataclass
class Viewer:
    """Follows the feed, opens each incident as soon as it appears there, and notes when what is seen."""

    client: socketio.AsyncClient = field(default_factory=lambda: socketio.AsyncClient(reconnection=False))
    posted: dict[str, float] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)
    """Room of an incident → fingerprint of its alert."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self, person: Person) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
        self.client.on("incident", self._incident)
        for name in ("thought", "thought:delta"):
            self.client.on(name, self._thought)
        self.client.on("summary", self._summary)
        await self.client.connect(person.base_url, headers={"Cookie": cookie}, transports=["websocket"])
        await self.client.call("join", {"room": "feed"})

    async def close(self) -> None:
        await self.client.disconnect()

    async def follow(self, person: Person, webhook: str, fingerprints: list[str]) -> list[Seen]:
        """Post one alert for each of the fingerprints, all at once, and look until every summary is there."""
        await asyncio.gather(*(self._post(person, webhook, one) for one in fingerprints))
        try:
            async with asyncio.timeout(PATIENCE):
                while any(self.seen[one].summary is None for one in fingerprints):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pass  # what did not come is missing from the figures, and counted there
        for room in [room for room, one in self.rooms.items() if one in fingerprints]:
            await self.client.call("leave", {"room": room})
        return [self.seen[one] for one in fingerprints]

    async def _post(self, person: Person, webhook: str, fingerprint: str) -> None:
        alert = firing(fingerprint=fingerprint, starts_at=_now(), instance=f"{fingerprint}:9100", job="node")
        self.seen[fingerprint] = Seen()
        self.posted[fingerprint] = time.perf_counter()
        answer = await person.http.post(webhook, json=notification(alert))
        if answer.status_code == 202:
            self.seen[fingerprint].accepted = time.perf_counter() - self.posted[fingerprint]

    async def _incident(self, message: dict[str, Any]) -> None:
        room, fingerprint = f"incident:{message['data']['id']}", message["data"]["sourceAlertId"]
        if room in self.rooms or fingerprint not in self.posted:
            return
        self.rooms[room] = fingerprint
        joined = await self.client.call("join", {"room": room, "since": 0})
        if any(text["kind"] == "thought" for text in joined["open"]):
            self._note(room, "thought")

    async def _thought(self, message: dict[str, Any]) -> None:
        self._note(message["room"], "thought")

    async def _summary(self, message: dict[str, Any]) -> None:
        self._note(message["room"], "summary")

    def _note(self, room: str, what: str) -> None:
        fingerprint = self.rooms[room]
        if getattr(self.seen[fingerprint], what) is None:
            setattr(self.seen[fingerprint], what, time.perf_counter() - self.posted[fingerprint])
            self.changed.set()


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
