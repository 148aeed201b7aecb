"""Every lifetime of a process: what is opened, what runs, how it drains, what is closed.

One TaskGroup holds the server and every loop beside it; one that fails stops the process, loudly. On a signal the
readiness goes off, the sockets are drained, the worker hands back what it cannot finish, and past the deadline
everything is cut. What was opened is closed in reverse, always.
"""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
import structlog
import uvloop
from quart import Blueprint
from redis.asyncio import Redis

from aurora_rt import asgi, embedded, jobs
from aurora_rt.alerts.alertmanager_silences import AlertmanagerSilences
from aurora_rt.alerts.proving import Proving
from aurora_rt.alerts.receiving import Receiving, patience_of
from aurora_rt.alerts.service_maps import ServiceMaps
from aurora_rt.alerts.upkeep import Upkeep
from aurora_rt.app import create_app
from aurora_rt.approvals.expiry import Expiry
from aurora_rt.connectors import wires
from aurora_rt.connectors.desk import AccountDesk
from aurora_rt.db.migrate import migrate
from aurora_rt.db.pool import Database, Share, opened
from aurora_rt.demo.stage import Stage
from aurora_rt.errors import Conflict, Misconfigured
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.health.checks import Checks, Readiness
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.passwords import Passwords
from aurora_rt.investigation.bench import Workbench
from aurora_rt.investigation.investigators import Investigators
from aurora_rt.knowledge import library
from aurora_rt.knowledge.catching_up import CatchingUp
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.llm.ready import Models
from aurora_rt.llm.ready import models as models_of
from aurora_rt.realtime import probe
from aurora_rt.realtime.server import MESSAGE_LIMIT, Realtime
from aurora_rt.settings import Settings
from aurora_rt.toolsets.checkup import Checkup
from aurora_rt.toolsets.registry import known
from aurora_rt.toolsets.toolset import Toolset
from aurora_rt.web import static
from aurora_rt.web.leaving import leaving
from aurora_rt.web.limits import Limits
from aurora_rt.web.lingering import lingering
from aurora_rt.worker import Worker

REDIS_SECONDS = 2.0
COLLECT_AFTER = (50_000, 50, 100)
"""Thresholds of the garbage collector: the default ones cost a third of the CPU with a thousand clients."""

log = structlog.get_logger(__name__)


class PortTaken(Conflict):
    """Another program listens there."""

    code = "port_taken"


@dataclass(frozen=True, slots=True)
class Resources:
    """What a process has open."""

    settings: Settings
    database: Database
    redis: "Redis"
    bus: Bus
    changes: Changes
    limits: Limits
    desk: Desk
    http: httpx.AsyncClient
    knowledge: Knowledge
    models: Models
    accounts: AccountDesk


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that a caller has run beside the server, and its own routes."""

    blueprints: Sequence[Blueprint] = ()
    loops: Sequence[tuple[str, Callable[[], Coroutine[None, None, None]]]] = ()


async def _nothing_beside(_: Resources, __: str) -> Beside:
    return Beside()


@dataclass(frozen=True, slots=True)
class Roles:
    """What this process is: a web server, a worker, or both."""

    web: bool = True
    worker: bool = True
    prepare: Callable[[Resources, str], Awaitable[Beside]] = field(default=_nothing_beside)
    """Called once everything is open, with the base URL; tells what else is to run."""
    announce: Callable[[str], None] = field(default=lambda _: None)
    """Called with the base URL once the server answers."""
    listener: socket.socket | None = None
    """A socket that is bound already, shared with other processes; `None`: bind one."""
    parent: socket.socket | None = None
    """The end of a pair of sockets: a byte tells whoever holds the other that we are ready; its closing ends us."""


@asynccontextmanager
async def located(settings: Settings) -> AsyncIterator[Settings]:
    """Settings that name a database and a Redis: the given ones, or embedded ones that run meanwhile."""
    if settings.database_url and settings.redis_url:
        yield settings
    elif settings.database_url or settings.redis_url:
        raise Misconfigured("Set both DATABASE_URL and REDIS_URL, or neither to use the embedded servers.")
    else:
        async with embedded.servers(settings.data_dir) as servers:
            yield replace_urls(settings, servers)


def replace_urls(settings: Settings, servers: embedded.Servers) -> Settings:
    """`settings` with the URLs of the embedded servers, and a key to encrypt secrets under."""
    key = settings.secret_key or embedded.secret_key(settings.data_dir)
    found = {"database_url": servers.database_url, "redis_url": servers.redis_url, "secret_key": key}
    return settings.model_copy(update=found)


@asynccontextmanager
async def resources(settings: Settings) -> AsyncIterator[Resources]:
    """Everything that a process needs, opened, with the schema up to date; closed in reverse."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            opened(settings.database_url or "", connections=settings.database_connections)
        )
        async with database.connection() as connection:
            await migrate(connection, jobs.install)
        redis: Redis = Redis.from_url(
            settings.redis_url or "",
            socket_timeout=None,
            socket_connect_timeout=REDIS_SECONDS,
            health_check_interval=0,
            protocol=2,  # pushed messages of RESP3 cost twice as much to read
        )
        stack.push_async_callback(redis.aclose)
        http = await stack.enter_async_context(httpx.AsyncClient(follow_redirects=False, trust_env=False))
        knowledge = await stack.enter_async_context(library.opened(settings, database))
        passwords = Passwords(settings.bcrypt_rounds)
        stack.push_async_callback(asyncio.to_thread, passwords.close)
        models = await stack.enter_async_context(models_of(settings, database))
        wire = await stack.enter_async_context(wires.opened(settings))
        bus, limits = Bus(redis), Limits(settings, redis)
        yield Resources(
            settings=settings,
            database=database,
            redis=redis,
            bus=bus,
            changes=Changes(database, bus),
            limits=limits,
            desk=Desk(settings, database, passwords, limits),
            http=http,
            knowledge=knowledge,
            models=models,
            accounts=AccountDesk.of(database, models.secrets, wire),
        )


async def serve(settings: Settings, roles: Roles, stop: asyncio.Event | None = None) -> None:
    """Be what `roles` says until `stop`, or SIGINT or SIGTERM when no event is given.

    Raises `PortTaken`, `DataDirectoryInUse`, `Misconfigured`.
    """
    if stop is None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if roles.parent is not None:
        # Readable means closed: the parent never sends.
        asyncio.get_running_loop().add_reader(roles.parent, _stop_once, roles.parent, stop)
    carry = asgi.carrier(settings.server)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(roles.listener or bound(settings)) if roles.web else None
        if settings.demo is None:  # a machine of one's own, not one that serves others
            own = roles.web and roles.worker and not settings.database_url
            settings = settings.model_copy(update={"demo": own})
        where = await stack.enter_async_context(located(settings))
        have = await stack.enter_async_context(resources(where))
        await _run(have, roles, listener, carry, stop)


def _stop_once(parent: socket.socket, stop: asyncio.Event) -> None:
    asyncio.get_running_loop().remove_reader(parent)
    stop.set()


def run(settings: Settings, roles: Roles) -> None:
    """`serve` on an event loop of its own."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, roles))


async def _run(
    have: Resources, roles: Roles, listener: socket.socket | None, carry: asgi.Carry, stop: asyncio.Event
) -> None:
    settings = have.settings
    address = listener.getsockname()[:2] if listener is not None else (settings.host, settings.port)
    base_url = settings.public_url or url_of(*address)
    beside = await roles.prepare(have, base_url)
    looks = await asyncio.to_thread(known, settings)
    worker = Worker(_bench(have, looks.toolsets, alone=not roles.web)) if roles.worker else None
    realtime = Realtime(settings, have.database, have.redis, have.bus, have.changes, have.limits)
    receiving = receiving_of(have)
    service_maps = ServiceMaps(settings, have.http, receiving.rules.correlating)
    elsewhere = AlertmanagerSilences(settings, have.http, have.database, receiving.rules.silencing)
    readiness, unplug = Readiness(), asyncio.Event()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    async with asyncio.TaskGroup() as running:
        loops = [running.create_task(have.bus.run(), name="bus")]
        loops += [running.create_task(one.run(), name=one.name) for one in looks.connections]
        loops.append(running.create_task(service_maps.run(), name=service_maps.name))
        loops.append(running.create_task(elsewhere.run(), name=elsewhere.name))
        finishing: list[asyncio.Task[None]] = []
        if worker is not None:
            loops.append(running.create_task(worker.be_seen(), name="sign of life"))
            expiry = Expiry(have.database, have.changes)
            loops.append(running.create_task(expiry.run(), name=expiry.name))
            upkeep = Upkeep(have.database, have.changes, receiving, patience_of(settings))
            loops.append(running.create_task(upkeep.run(), name=upkeep.name))
            loops.append(running.create_task(CatchingUp(have.knowledge).run(), name=CatchingUp.name))
            finishing.append(running.create_task(worker.run(), name="worker"))
        if listener is not None:
            checks = Checks(
                have.database,
                have.redis,
                readiness,
                lambda: probe.look(*_reachable(address)),
                have.knowledge.store,
            )
            stage = Stage(
                have.database,
                url_of(*_reachable(address)),
                allowed=bool(settings.demo),
                prometheus_url=settings.prometheus_url,
            )
            site = await asyncio.to_thread(lambda: static.load(static.folder()))
            checkup = Checkup(settings, have.http, looks.toolsets)
            app = create_app(
                settings,
                have.database,
                have.changes,
                have.limits,
                have.desk,
                checks,
                site,
                checkup,
                have.knowledge,
                have.models,
                receiving,
                have.accounts,
                stage,
                beside.blueprints,
            )
            for name, work in (
                ("ear", realtime.ear.run),
                ("rooms", realtime.rooms.run),
                ("heads", realtime.rooms.poll),
                ("pulse", realtime.pulse.run),
                ("presence", realtime.presence.run),
                ("admission", realtime.admission.run),
                ("checkup", checkup.run),
                (stage.name, stage.run),
                *beside.loops,
            ):
                loops.append(running.create_task(work(), name=name))
            served = realtime.app(leaving(lingering(realtime.over_http(app)), lambda: readiness.on))
            carried = carry(served, settings, listener, unplug, MESSAGE_LIMIT)
            finishing.append(running.create_task(carried, name="server"))
            await _answers(address)
        if roles.parent is not None:
            roles.parent.send(b"r")
        roles.announce(base_url)
        log.info("started", url=base_url, web=roles.web, worker=roles.worker)
        try:
            await stop.wait()
        finally:
            log.info("stopping")
            readiness.off()
            if worker is not None:
                worker.stop()
            await realtime.drain()
            if listener is not None:
                await asyncio.sleep(settings.drain_seconds)
            unplug.set()
            await _end(finishing, settings.shutdown_seconds)
            await _sent(have.bus)
            for task in loops:
                task.cancel()
    log.info("stopped")


async def _end(tasks: Sequence[asyncio.Task[None]], seconds: float) -> None:
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            log.warning("cut_at_deadline", task=task.get_name())
            task.cancel()


async def _sent(bus: Bus) -> None:
    try:
        async with asyncio.timeout(REDIS_SECONDS):
            await bus.drained()
    except TimeoutError:
        log.warning("bus_not_drained")


def receiving_of(have: Resources) -> Receiving:
    """What takes in alerts, with what a process has open."""
    proving = Proving(have.database, have.models.secrets, have.http, have.settings.aws_endpoint)
    return Receiving(have.settings, have.database, have.changes, proving)


def _bench(have: Resources, toolsets: Mapping[str, Toolset], *, alone: bool = True) -> Workbench:
    database = have.database
    if (
        not alone
    ):  # those who read, and alert sources, never wait until investigations have a connection to spare
        database = Share(database, have.settings.database_connections // 2)
    return Workbench(
        settings=have.settings,
        database=database,
        changes=Changes(database, have.bus),
        bus=have.bus,
        toolsets=toolsets,
        http=have.http,
        investigators=Investigators(have.settings, have.models),
        knowledge=have.knowledge,
        accounts=have.accounts.lending,
    )


def bound(settings: Settings) -> socket.socket:
    """A socket at the settings' host and port. Raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise PortTaken(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. "
            "Stop the other program, or choose another port with --port."
        ) from error
    return listener


def url_of(host: str, port: int) -> str:
    """The base URL of a server that listens there."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _reachable(address: tuple[str, int]) -> tuple[str, int]:
    host, port = address
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104 - compared, not bound


async def _answers(address: tuple[str, int]) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(*_reachable(address))
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
