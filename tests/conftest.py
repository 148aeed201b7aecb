"""What tests share: one pair of embedded servers for the run, a fresh migrated database for each test."""

import asyncio
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import structlog
from blockbuster import blockbuster_ctx
from people import Person, all_leave
from redis.asyncio import Redis
from turns import turn
from whole import Server, serving

from aurora_rt import embedded, jobs
from aurora_rt.db.migrate import migrate
from aurora_rt.db.pool import Database, opened
from aurora_rt.settings import Settings, load
from aurora_rt.telemetry import logs

TEMPLATE = "aurora_template"
LONG = ("testbed/", "test_fleet.py", "bench/", "e2e/", "test_demo.py", "realtime/")
"""Where tests last long, the longest first."""
logs.configure(load(log_format="json", log_level="info"))
structlog.configure(cache_logger_on_first_use=False)  # so that a test can capture what is logged
logging.getLogger().setLevel(logging.WARNING)  # a failing test shows what matters
_numbers = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--renew-openapi`: this document is the one that is released; see tests/laws/test_openapi.py."""
    parser.addoption(
        "--renew-openapi", action="store_true", help="keep the API's document as the released one"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each process begin with its share of what lasts long: none waits at the end for another one's long test.

    pytest-xdist gives each of them a piece of the list, one after the other.
    """
    here = Path(__file__).parent
    places = {item: item.path.relative_to(here).as_posix() for item in items}
    long = sorted(
        (item for item in items if places[item].startswith(LONG)),
        key=lambda item: next(at for at, start in enumerate(LONG) if places[item].startswith(start)),
    )
    short = iter([item for item in items if not places[item].startswith(LONG)])
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ordered: list[pytest.Item] = []
    for process in range(processes):
        size = (len(items) - len(ordered)) // (processes - process)
        mine = long[process::processes]
        ordered += mine + list(itertools.islice(short, size - len(mine)))
    items[:] = ordered


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test wait for its turn, outside of its own time limit."""
    with turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failure: it would hide what is not tested."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def servers() -> Iterator[embedded.Servers]:
    """A real PostgreSQL and a real Valkey, and a migrated template database; for the whole run."""
    folder = Path(tempfile.mkdtemp(prefix="aurora-test-"))
    with asyncio.Runner() as runner:
        running = embedded.servers(folder)
        here = runner.run(running.__aenter__())
        try:
            runner.run(_make_template(here.database_url))
            yield here
        finally:
            runner.run(running.__aexit__(None, None, None))
            shutil.rmtree(folder, ignore_errors=True)


def in_database(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def _make_template(url: str) -> None:
    connection = await asyncpg.connect(url)
    for spared in ("fsync", "full_page_writes"):  # nobody needs what is here after the machine has crashed
        await connection.execute(f"ALTER SYSTEM SET {spared} = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    connection = await asyncpg.connect(in_database(url, TEMPLATE))
    await migrate(connection, jobs.install)
    await connection.close()


@pytest.fixture
async def database_url(servers: embedded.Servers) -> AsyncIterator[str]:
    """The URL of a database of this test's own, migrated and empty."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(servers.database_url)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    yield in_database(servers.database_url, name)
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
async def redis_url(servers: embedded.Servers) -> str:
    """The URL of an empty Valkey."""
    async with Redis.from_url(servers.redis_url) as client:
        await client.flushall()
    return servers.redis_url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open pool on a database of this test's own."""
    async with opened(database_url, connections=10) as database:
        yield database


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    """Settings for a server in this test: cheap password hashes, no rate limits, quick leases."""
    return load(
        database_url=database_url,
        redis_url=redis_url,
        port=0,
        bcrypt_rounds=4,
        rate_limit=0,
        chat_rate_limit=0,
        webhook_rate_limit=0,
        quiet_seconds=0,
        correlation_seconds=0,
        job_lease=2.0,
        shutdown_seconds=1,
        drain_seconds=0,
        data_dir=tmp_path / "data",
        log_level="warning",
    )


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    """A whole server, web and worker, on a free port."""
    async with serving(settings) as running:
        yield running


@pytest.fixture
async def web_server(settings: Settings) -> AsyncIterator[Server]:
    """A server without workers: nothing is investigated."""
    async with serving(settings, worker=False) as running:
        yield running


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A directory that other users may enter: PostgreSQL does not run as root, and pytest's own is private."""
    folder = Path(tempfile.mkdtemp(prefix="aurora-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def people() -> AsyncIterator[None]:
    """Sees to it that everybody who came has left before the server stops."""
    yield
    await all_leave()


@pytest.fixture
async def person(server: Server, people: None) -> Person:
    """Somebody who is registered at a whole server."""
    return await Person.registered(server.base_url)


@pytest.fixture
async def onlooker(web_server: Server, people: None) -> Person:
    """Somebody who is registered at a server without workers."""
    return await Person.registered(web_server.base_url)


MAY_BLOCK = (
    # asyncpg looks for ~/.pgpass when a connection is opened; it has no other way.
    (
        "asyncpg/connect_utils.py",
        {
            "_read_password_file",
            "_parse_connect_dsn_and_args",
            "_parse_connect_arguments",
            "_connect",
            "_connect_addr",
        },
    ),
    ("flask/helpers.py", {"get_root_path"}),
    ("structlog/_base.py", {"_process_event"}),
    # redis-py asks for its own version whenever it opens a connection.
    ("redis/utils.py", {"get_lib_version"}),
    # Start-up: nobody is served yet.
    ("aurora_rt/db/migrate.py", {"migrations"}),
    ("aurora_rt/embedded.py", {"postgres", "valkey"}),
    ("aurora_rt/serve.py", {"_bench", "_run"}),
    ("tests/laws/conftest.py", {"app"}),
)


@pytest.fixture(autouse=True)
def nothing_blocks_the_event_loop() -> Iterator[None]:
    """Our code, called on an event loop, raises when it blocks it."""
    with blockbuster_ctx("aurora_rt") as blockbuster:
        for function in blockbuster.functions.values():
            for file, names in MAY_BLOCK:
                function.can_block_in(file, names)
        yield
