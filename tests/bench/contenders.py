"""The servers that are compared: each one process on the first core, over one PostgreSQL on the core of the load."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from programs import free_port, running

from aurora_rt import embedded

HERE = Path(__file__).parent
"""A rate limit that is counted, for each request, and never reached."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A running server, and its processes."""

    url: str
    process: psutil.Process

    def cpu(self) -> float:
        """CPU seconds that it has used so far, its children's included."""
        total = 0.0
        for one in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system
        return total


@asynccontextmanager
async def contenders(data_dir: Path) -> AsyncIterator[tuple[dict[str, Contender], str]]:
    """Aurora under both of its servers and Flask on gunicorn, by name, and the URL of their database."""
    first, load = _cores()
    with _on(load):
        async with embedded.servers(data_dir) as servers, AsyncExitStack() as stack:
            urls = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
            with _on(first):
                found = {
                    "hypercorn": await stack.enter_async_context(_aurora("hypercorn", urls)),
                    "uvicorn": await stack.enter_async_context(_aurora("uvicorn", urls)),
                    "flask": await stack.enter_async_context(_flask(urls)),
                }
            yield found, servers.database_url


@asynccontextmanager
async def _aurora(server: str, urls: Mapping[str, str]) -> AsyncIterator[Contender]:
    settings = {"AURORA_LOG_LEVEL": "warning", "AURORA_RATE_LIMIT": "0", "AURORA_WEBHOOK_RATE_LIMIT": "0"}
    async with running("web", "--server", server, "--port", free_port(), **urls, **settings) as program:
        url = (await program.prints(r"Serving on (\S+)"))[1]
        yield Contender(url, psutil.Process(program.process.pid))


@asynccontextmanager
async def _flask(urls: Mapping[str, str]) -> AsyncIterator[Contender]:
    address = f"127.0.0.1:{free_port()}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gunicorn", "flask_app:app", "--bind", address, "--chdir", str(HERE)),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8", "--keep-alive", "75"),
        *("--log-level", "warning"),
        env={**os.environ, **urls},
    )
    try:
        await _answering(f"http://{address}/")
        yield Contender(f"http://{address}", psutil.Process(process.pid))
    finally:
        process.terminate()
        await process.wait()


async def _answering(url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(30):
        while True:
            with suppress(httpx.TransportError):
                await http.get(url)
                return
            await asyncio.sleep(0.05)


def _cores() -> tuple[list[int], list[int]]:
    cores = sorted(os.sched_getaffinity(0))
    return cores[:1], cores[1:2] or cores


@contextmanager
def _on(cores: list[int]) -> Iterator[None]:
    """Run on those cores meanwhile; what is started inherits them and stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
