"""The testbed as a program: plays the cases that it is told to, in JSON lines on standard input and output.

`aurora_rt.investigation.evaluation.live` is the other side, and describes the lines. Everything ends with its input.
"""

import asyncio
import json
import signal
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from testbed import shop as shops
from testbed.alerting import NeverFired, body, fired, quiet, start_of, steady
from testbed.cases import BY_NAME, Case
from testbed.measures import MEASURES
from testbed.shop import CALLS, Shop


class Asked:
    """The lines that come in. When they end, so does whatever is under way."""

    def __init__(self, reader: asyncio.StreamReader, under_way: asyncio.Task[None]) -> None:
        self._reader = reader
        self._under_way = under_way
        self._lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())

    async def next(self) -> dict[str, Any]:
        """The next line."""
        return await self._lines.get()

    async def _read(self) -> None:
        while line := await self._reader.readline():
            self._lines.put_nowait(json.loads(line))
        self._under_way.cancel()


def tell(**what: object) -> None:
    """Say something."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def play(shop: Shop, case: Case, settle: float, asked: Asked) -> None:
    """Cause a case, tell its alert, and when that was looked into, the truth."""
    if not await quiet(shop.prometheus, case.alert):
        print("something still fires; going on all the same", file=sys.stderr)
    await shop.forget()
    await steady(shop.prometheus)
    await asyncio.sleep(settle)
    await quiet(shop.prometheus, case.alert)  # what starts may be slow for a moment
    began = datetime.now(UTC)
    async with case.cause(shop) as places:
        alert = await fired(shop.prometheus, case.alert, began)
        if case.over:
            await quiet(shop.prometheus, case.alert)
        await asyncio.sleep(case.lasting)
        # No look needs to go back further than the quiet time.
        usual = {"AURORA_WINDOW_BEFORE": str(max(60, int(settle) + 15))}
        told = {
            "id": case.name,
            "start": start_of(alert).isoformat(),
            "alert": body(alert, shop.prometheus.url),
        }
        tell(case={**told, "settings": {**shop.settings(), **usual}})
        await asked.next()
        tell(truth=case.truth(places))


async def serve(under_way: asyncio.Task[None]) -> None:
    """Play what is asked for, until cancelled."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    asked = Asked(reader, under_way)
    measures = [{"metric": metric, "statistic": kind, "query": query} for metric, kind, query in MEASURES]
    tell(hello={"name": "testbed", "cases": list(BY_NAME), "calls": CALLS, "measures": measures})
    line = await asked.next()
    async with shops.opened() as shop:
        while True:
            try:
                await play(shop, BY_NAME[line["play"]], float(line["settle"]), asked)
            except (NeverFired, AssertionError, TimeoutError, OSError) as error:
                tell(failed=str(error) or type(error).__name__)
            line = await asked.next()


async def main() -> None:
    """Serve until the input ends, SIGTERM or Ctrl-C; nothing is left running."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await serve(task)


if __name__ == "__main__":
    asyncio.run(main())
