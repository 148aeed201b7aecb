"""A whole server that runs in the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aurora_rt import serve
from aurora_rt.settings import Settings


@dataclass
class Server:
    """A whole server that runs in this process."""

    base_url: str
    settings: Settings


@asynccontextmanager
async def serving(settings: Settings, **roles: Any) -> AsyncIterator[Server]:
    """Run a server on a free port until the end of the block."""
    stop, started = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve.serve(settings, serve.Roles(announce=started.set_result, **roles), stop))
    await asyncio.wait({task, started}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    try:
        yield Server(started.result(), settings)
    finally:
        stop.set()
        await task
