"""Alarms without a fault: what an investigator must not find a cause for."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from testbed.servers.prometheus import RULES
from testbed.shop import Shop

Places = AsyncIterator[tuple[str, ...]]

TIGHT = {
    "alert": "CatalogLatencyHigh",
    "expr": "histogram_quantile(0.9, sum by (service, le) "
    '(rate(http_request_duration_seconds_bucket{service="catalog"}[6s]))) > 0.001',
    "labels": {"severity": "warning"},
    "annotations": {"summary": "One in ten requests to the catalog takes longer than 1 ms"},
}
"""A threshold that is always passed: the rule is wrong, not the catalog."""


@asynccontextmanager
async def false_alarm(shop: Shop) -> Places:
    """Somebody adds a rule whose threshold is too tight."""
    await shop.prometheus.rules([*RULES, TIGHT])
    try:
        yield ()
    finally:
        await shop.prometheus.rules(RULES)


@asynccontextmanager
async def watchdog(_: Shop) -> Places:
    """Nothing happens."""
    yield ()


@asynccontextmanager
async def load_peak(shop: Shop) -> Places:
    """Twice as many requests as usual, all of them answered as fast as ever."""
    await shop.control("traffic", factor=2.2)
    try:
        yield ()
    finally:
        await shop.control("traffic")


@asynccontextmanager
async def blip(shop: Shop) -> Places:
    """The catalog stands still for some seconds, and goes on as if nothing had been."""
    process = psutil.Process(shop.pid("catalog"))
    process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(6)
    finally:
        process.send_signal(signal.SIGCONT)
    yield ()
