"""A small app with the whole edge on it, as `aurora_rt.app` makes it, and routes that go wrong on purpose."""

import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from pydantic import Field
from quart import Blueprint, Quart, Response
from redis.asyncio import Redis
from werkzeug.exceptions import BadGateway

from aurora_rt import embedded, errors
from aurora_rt.settings import Settings
from aurora_rt.web import edge
from aurora_rt.web.bodies import Body, Shape, answer, read_bytes, read_json
from aurora_rt.web.limited import limited
from aurora_rt.web.limits import Limits
from aurora_rt.web.visitor import here

LOCAL = {"client": ("127.0.0.1", 40000)}


class Ticket(Body):
    """A body with a bit of everything."""

    title: str = Field(min_length=2)
    tags: list[str] = Field(default_factory=list)
    weight: float = 1.0


class Echo(Shape):
    """What is sent back."""

    title: str
    tags: list[str]


class OddlyNamed(errors.NotFound):
    """An error of a domain, with a code of its own."""

    code = "ticket_not_found"


RAISED: dict[str, Callable[[], Exception]] = {
    "invalid": lambda: errors.Invalid("No."),
    "unauthenticated": lambda: errors.Unauthenticated("No."),
    "forbidden": lambda: errors.Forbidden("No."),
    "not-found": lambda: OddlyNamed("No."),
    "conflict": lambda: errors.Conflict("No."),
    "too-large": lambda: errors.TooLarge("No."),
    "unsupported": lambda: errors.UnsupportedMedia("No."),
    "too-many": lambda: errors.TooMany("No.", retry_after=1.2),
    "unavailable": lambda: errors.Unavailable("No.", retry_after=7),
    "misconfigured": lambda: errors.Misconfigured("No."),
    "refused": lambda: ConnectionRefusedError("postgres"),
    "timeout": lambda: TimeoutError(),
    "closed": lambda: asyncpg.ConnectionDoesNotExistError("gone"),
    "starting": lambda: asyncpg.CannotConnectNowError("starting up"),
    "shutdown": lambda: asyncpg.AdminShutdownError("stopped"),
    "full": lambda: asyncpg.TooManyConnectionsError("full"),
    "nul": lambda: asyncpg.CharacterNotInRepertoireError("0x00"),
    "bug": lambda: KeyError("secret detail"),
    "bad-gateway": lambda: BadGateway("secret detail"),
}


def routes() -> Blueprint:
    blueprint = Blueprint("trial", __name__)

    @blueprint.get("/raise/<kind>")
    @limited("none")
    async def fail(kind: str) -> Response:
        error = RAISED[kind]()
        raise error

    @blueprint.post("/tickets")
    async def ticket() -> Response:
        body = await read_json(Ticket, limit=2000)
        return answer(Echo(title=body.title, tags=body.tags), 201)

    @blueprint.post("/raw")
    async def raw() -> Response:
        return Response(str(len(await read_bytes(limit=100))))

    @blueprint.route("/thing", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def thing() -> Response:
        return Response("{}", content_type="application/json")

    @blueprint.post("/ask")
    @limited("chat")
    async def ask() -> Response:
        return Response("{}", content_type="application/json")

    @blueprint.post("/hooks/<token>")
    @limited("webhook", by=lambda: here().header("x-token") or "")
    async def hook(token: str) -> Response:
        return Response(str(len(token)), 202)

    @blueprint.get("/free")
    @limited("none")
    async def free() -> Response:
        return Response("<p>page</p>", content_type="text/html; charset=utf-8")

    return blueprint


@dataclass
class Trial:
    """An app and a way to say who is asking it."""

    app: Quart
    limits: Limits
    asked: list[str] = field(default_factory=list)


MakeTrial = Callable[..., Trial]


@pytest.fixture
def make_trial(settings: Settings) -> MakeTrial:
    """Make an app with the edge; settings by name, `redis` the client that its limits count in."""

    def make(redis: Redis | None = None, import_map_hash: str | None = None, **changed: object) -> Trial:
        chosen = settings.model_copy(update=changed)
        trial = Trial(Quart("trial", static_folder=None), Limits(chosen, redis))

        async def who() -> str:
            name = here().header("x-name") or here().peer
            trial.asked.append(name)
            return name

        counted: Callable[[], Awaitable[str]] = who
        edge.install(trial.app, chosen, trial.limits, counted, import_map_hash)
        trial.app.register_blueprint(routes())
        return trial

    return make


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def unused_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
async def sleepy_redis(tmp_path: Path) -> AsyncIterator[tuple[int, Redis]]:
    """The process id of a Valkey of this test's own, to be stopped and woken up, and a client of it."""
    async with embedded.valkey(tmp_path / "valkey") as url, Redis.from_url(url) as client:
        pid = (await client.info("server"))["process_id"]
        try:
            yield pid, client
        finally:
            os.kill(pid, signal.SIGCONT)
