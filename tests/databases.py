"""Real MariaDB and Redis servers (Debian's programs) for tests, each on a free port, and sessions that hold locks."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiomysql
import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError
from servers import END_SECONDS, START_SECONDS, ended, free_port, installed

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Case, Citation, Suggestion, Summary
from aurora_rt.toolsets.toolset import Looking


@contextmanager
def mariadb_server(directory: Path) -> Iterator[str]:
    """A MariaDB that nobody else uses, with the performance schema on. Yields its URL."""
    port, data = free_port(), directory / "data"
    own = ("--no-defaults", f"--datadir={data}", "--user=root")
    subprocess.run(
        [
            installed("mariadb-server", "mariadb-install-db"),
            *own,
            "--auth-root-authentication-method=normal",
            "--skip-name-resolve",
        ],
        check=True,
        capture_output=True,
        timeout=START_SECONDS,
    )
    with (directory / "mariadb.log").open("wb") as log:
        process = subprocess.Popen(
            [
                installed("mariadb-server", "mariadbd"),
                *own,
                f"--socket={directory / 'socket'}",
                f"--port={port}",
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--performance-schema=ON",
                "--performance-schema-consumer-events-statements-current=ON",
                "--innodb-buffer-pool-size=24M",
                "--max-connections=20",
                f"--pid-file={directory / 'pid'}",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        url = f"mysql://root@127.0.0.1:{port}/"
        asyncio.run(_mariadb_answers(url))
        yield url
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _mariadb_answers(url: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                (await mysql_session(url)).close()
            except aiomysql.OperationalError:
                await asyncio.sleep(0.05)
            else:
                return


async def mysql_session(
    url: str, database: str | None = None, user: str = "root", password: str = ""
) -> aiomysql.Connection:
    """A session in the MariaDB at `url`."""
    port = int(url.rstrip("/").rpartition(":")[2])
    return await aiomysql.connect(
        host="127.0.0.1", port=port, user=user, password=password, db=database, autocommit=True
    )


@asynccontextmanager
async def redis_server(directory: Path, *options: str) -> AsyncIterator[str]:
    """A Redis that nobody else uses, with `options`. Yields its URL."""
    port = free_port()
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "redis.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            installed("redis-server", "redis-server"),
            *("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options),
            cwd=directory,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        url = f"redis://127.0.0.1:{port}/0"
        await _redis_answers(url)
        yield url
    finally:
        await ended(process)


async def _redis_answers(url: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with Redis.from_url(url) as client:
                    await client.ping()
            except RedisError as error:
                if "auth" in str(error).lower():
                    return
                await asyncio.sleep(0.02)
            else:
                return


@asynccontextmanager
async def postgres_session(url: str, application: str = "") -> AsyncIterator[asyncpg.Connection]:
    """A session of a program called `application`, cut at the end."""
    connection = await asyncpg.connect(url, server_settings={"application_name": application})
    try:
        yield connection
    finally:
        connection.terminate()


async def postgres_waits(url: str, waiting: int) -> None:
    """Wait until so many sessions of this database wait for a lock."""
    async with postgres_session(url) as watching, asyncio.timeout(START_SECONDS):
        while (
            await watching.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            < waiting
        ):
            await asyncio.sleep(0.02)


async def investigated(case: Case, tools: Looking) -> tuple[Summary, list[Suggestion], list[Citation]]:
    """What the built-in investigator concludes, suggests and cites."""
    steps = [step async for step in BuiltinInvestigator().investigate(case, tools)]
    summary = steps[-1]
    assert isinstance(summary, Summary)
    return (
        summary,
        [one for one in steps if isinstance(one, Suggestion)],
        [one for one in steps if isinstance(one, Citation)],
    )
