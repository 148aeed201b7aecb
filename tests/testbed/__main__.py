"""The testbed as a program: plays the cases that it is told to, in JSON lines on standard input and output.

`aurora_rt.investigation.evaluation.live` is the other side, and describes the lines. Everything ends with its input.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from testbed import shop as shops
from testbed.alerting import NeverFired, body, fired, quiet, start_of
from testbed.cases import BY_NAME, Case
from testbed.measures import MEASURES
from testbed.shop import CALLS, Shop


class Asked:
    """The lines that come in."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def next(self) -> dict[str, Any] | None:
        """The next line; `None` after the last."""
        line = await self._reader.readline()
        return json.loads(line) if line else None


def tell(**what: object) -> None:
    """Say something."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def play(shop: Shop, case: Case, settle: float, asked: Asked) -> bool:
    """Cause a case, tell its alert, and when that was looked into, the truth. False when the input has ended."""
    if not await quiet(shop.prometheus):
        print("something still fires; going on all the same", file=sys.stderr)
    await asyncio.sleep(settle)
    async with case.cause(shop) as places:
        alert = await fired(shop.prometheus, case.alert)
        if case.over:
            await quiet(shop.prometheus)
        await asyncio.sleep(case.lasting)
        # What was before the last case is not what is usual: no look goes further back than the quiet time.
        usual = {"AURORA_WINDOW_BEFORE": str(max(60, int(settle) + 15))}
        told = {
            "id": case.name,
            "start": start_of(alert).isoformat(),
            "alert": body(alert, shop.prometheus.url),
        }
        tell(case={**told, "settings": {**shop.settings(), **usual}})
        if await asked.next() is None:
            return False
        tell(truth=case.truth(places))
    return True


async def serve() -> None:
    """Play until the input ends."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    asked = Asked(reader)
    tell(
        hello={
            "name": "testbed",
            "cases": list(BY_NAME),
            "calls": CALLS,
            "measures": [
                {"metric": metric, "statistic": kind, "query": query} for metric, kind, query in MEASURES
            ],
        }
    )
    async with AsyncExitStack() as stack:
        shop: Shop | None = None
        while (line := await asked.next()) is not None:
            shop = shop or await stack.enter_async_context(shops.opened())
            try:
                if not await play(shop, BY_NAME[line["play"]], float(line["settle"]), asked):
                    return
            except (NeverFired, AssertionError, TimeoutError, OSError) as error:
                tell(failed=str(error) or type(error).__name__)


@asynccontextmanager
async def until_told() -> AsyncIterator[None]:
    """End in good order on SIGTERM and Ctrl-C."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        yield
    except asyncio.CancelledError:
        return


async def main() -> None:
    """Serve; nothing is left running."""
    async with until_told():
        await serve()


if __name__ == "__main__":
    asyncio.run(main())
