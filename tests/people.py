"""People who use the server in tests: they register, post alerts, watch rooms and ask."""

import asyncio
import itertools
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import socketio

PASSWORD = "correct horse battery"
PATIENCE = 30.0
"""Seconds to wait for something that must come; a test that waits longer has failed."""

TLS = ssl.create_default_context()
"""Made once: it takes longer than most tests of a route."""

_numbers = itertools.count(1)
_present: list["Person | Watcher"] = []


async def all_leave() -> None:
    """Close what people have open, at the end of a test."""
    while _present:
        await _present.pop().close()


@dataclass
class Person:
    """Somebody with an organization of their own, signed in by cookie."""

    base_url: str
    http: httpx.AsyncClient
    id: str = ""
    email: str = ""

    @classmethod
    async def registered(cls, base_url: str, **more: str) -> Self:
        http = httpx.AsyncClient(base_url=base_url, timeout=PATIENCE, trust_env=False, verify=TLS)
        person = cls(base_url, http, email=f"person{next(_numbers)}@example.com")
        answer = await http.post(
            "/api/auth/register", json={"email": person.email, "password": PASSWORD, "name": "Person", **more}
        )
        assert answer.status_code == 201, answer.text
        person.id = answer.json()["id"]
        _present.append(person)
        return person

    @classmethod
    async def signed_in(cls, known: "Person") -> Self:
        """The same person in another browser."""
        http = httpx.AsyncClient(base_url=known.base_url, timeout=PATIENCE, trust_env=False, verify=TLS)
        answer = await http.post("/api/auth/login", json={"email": known.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        person = cls(known.base_url, http, id=known.id, email=known.email)
        _present.append(person)
        return person

    async def close(self) -> None:
        await self.http.aclose()

    async def webhook(self, source: str = "alertmanager", **more: Any) -> str:
        """The URL of a new webhook."""
        answer = await self.http.post("/api/webhook-tokens", json={"source": source, "name": "test", **more})
        assert answer.status_code == 201, answer.text
        return answer.json()["url"]

    async def token(self, scope: str = "write") -> str:
        """A new API token, for a program of this person."""
        answer = await self.http.post("/api/auth/tokens", json={"name": "program", "scope": scope})
        assert answer.status_code == 201, answer.text
        return answer.json()["token"]

    async def incidents(self) -> list[dict[str, Any]]:
        return (await self.http.get("/api/incidents")).json()["incidents"]

    async def incident(self, incident_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/api/incidents/{incident_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()["incident"]

    async def analyzed(self, incident_id: str) -> dict[str, Any]:
        """The incident, once its investigation has ended."""
        return await eventually(
            lambda: self.incident(incident_id), lambda one: one["auroraStatus"] in ("complete", "error")
        )

    async def watching(self, *rooms: str, **joining: Any) -> "Watcher":
        """A socket of this person that has joined rooms."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        watcher = Watcher()
        _present.append(watcher)
        await watcher.connect(self.base_url, cookie)
        for room in rooms:
            ack = await watcher.call("join", {"room": room, **joining})
            assert ack["ok"], ack
        return watcher


@dataclass
class Watcher:
    """A Socket.IO client that remembers everything it hears, in order."""

    client: socketio.AsyncClient = field(default_factory=lambda: socketio.AsyncClient(reconnection=False))
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(
        self,
        base_url: str,
        cookie: str = "",
        transports: tuple[str, ...] = ("websocket",),
        token: str | None = None,
    ) -> None:
        async def hear(event: str, message: dict[str, Any]) -> None:
            self.heard.append((event, message))
            self.changed.set()

        self.client.on("*", hear)
        await self.client.connect(
            base_url,
            headers={"Cookie": cookie} if cookie else {},
            auth={"token": token} if token else None,
            transports=list(transports),
        )

    async def call(self, event: str, message: Any) -> dict[str, Any]:
        return await self.client.call(event, message, timeout=PATIENCE)

    async def close(self) -> None:
        await self.client.disconnect()

    def events(self, *types: str) -> list[dict[str, Any]]:
        """The messages of these types, in the order in which they came."""
        return [message for event, message in self.heard if event in types]

    def seqs(self, room: str) -> list[int]:
        """The numbers of a room's events, in the order in which they came."""
        return [one["seq"] for _, one in self.heard if one.get("room") == room and "seq" in one]

    async def until(self, enough: Callable[["Watcher"], Any]) -> None:
        """Wait until enough has been heard."""
        async with asyncio.timeout(PATIENCE):
            while not enough(self):
                self.changed.clear()
                await self.changed.wait()


async def eventually(look: Callable[[], Any], good: Callable[[Any], Any], patience: float = PATIENCE) -> Any:
    """What `look` gives, once it is `good`."""
    async with asyncio.timeout(patience):
        while True:
            seen = await look()
            if good(seen):
                return seen
            await asyncio.sleep(0.05)


def firing(
    name: str = "HighCpuUsage",
    *,
    fingerprint: str | None = None,
    status: str = "firing",
    starts_at: str = "2026-03-01T10:00:00Z",
    ends_at: str = "0001-01-01T00:00:00Z",
    annotations: dict[str, str] | None = None,
    **labels: str,
) -> dict[str, Any]:
    """One alert of an Alertmanager notification."""
    alert: dict[str, Any] = {
        "status": status,
        "labels": {"alertname": name, "severity": "critical", "service": "api-server", **labels},
        "annotations": annotations if annotations is not None else {"summary": f"{name} is firing"},
        "startsAt": starts_at,
        "endsAt": ends_at,
        "generatorURL": "",
    }
    if fingerprint is not None:
        alert["fingerprint"] = fingerprint
    return alert


def resolved(
    name: str = "HighCpuUsage", *, ends_at: str = "2026-03-01T10:30:00Z", **rest: Any
) -> dict[str, Any]:
    """The recovery of one alert."""
    return firing(name, status="resolved", ends_at=ends_at, **rest)


def notification(*alerts: dict[str, Any]) -> dict[str, Any]:
    """An Alertmanager notification, version 4."""
    return {
        "version": "4",
        "groupKey": '{}:{alertname="x"}',
        "truncatedAlerts": 0,
        "status": "firing" if any(one["status"] == "firing" for one in alerts) else "resolved",
        "receiver": "aurora",
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example:9093",
        "alerts": list(alerts),
    }
