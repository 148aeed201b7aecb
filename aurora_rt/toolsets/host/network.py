"""The network: interfaces, and TCP connections by state."""

import asyncio
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from aurora_rt.toolsets.facts.host import (
    Interface,
    Network,
)
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.tables import rate, table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen

SECONDS = 1.0
LISTENING_LISTED = 40
SNMP = Path("/proc/net/snmp")


async def network(_: Parameters, __: Access) -> Seen:
    """Look at interfaces and TCP counters twice, and at the connections once."""
    before, began = await asyncio.to_thread(_counters), time.monotonic()
    await asyncio.sleep(SECONDS)
    facts = await asyncio.to_thread(_facts, before, began)
    interfaces = table(
        ("INTERFACE", "UP", "RECEIVED", "SENT", "ERRORS", "DROPS"),
        (
            (
                one.name,
                "yes" if one.up else "no",
                rate(one.received_rate),
                rate(one.sent_rate),
                one.errors,
                one.drops,
            )
            for one in facts.interfaces
        ),
    )
    states = ", ".join(f"{state} {count}" for state, count in sorted(facts.connections.items())) or "none"
    resent = "unknown" if facts.retransmit_percent is None else f"{facts.retransmit_percent:.2f} %"
    listening = "\n".join(facts.listening)
    output = f"{interfaces}\n\nTCP connections: {states}\nTCP segments sent again: {resent}\n\nlistening:\n{listening}"
    return Seen("ip -s link; ss -tan; ss -tlnp", output, facts)


def _counters() -> tuple[dict[str, Any], tuple[int, int] | None]:
    return psutil.net_io_counters(pernic=True), _segments()


def _segments() -> tuple[int, int] | None:
    """TCP segments sent, and sent again, since boot (RFC 4022, tcpOutSegs and tcpRetransSegs)."""
    try:
        lines = [line.split() for line in SNMP.read_text().splitlines() if line.startswith("Tcp:")]
    except OSError:
        return None
    if len(lines) != 2:
        return None
    values = dict(zip(lines[0], lines[1], strict=True))
    return int(values["OutSegs"]), int(values["RetransSegs"])


def _facts(before: tuple[dict[str, Any], tuple[int, int] | None], began: float) -> Network:
    after, segments = _counters()
    seconds = max(time.monotonic() - began, 0.001)
    up = psutil.net_if_stats()
    connections = psutil.net_connections(kind="tcp")
    return Network(
        interfaces=tuple(
            Interface(
                name=name,
                up=up[name].isup if name in up else False,
                received_rate=round((now.bytes_recv - before[0][name].bytes_recv) / seconds),
                sent_rate=round((now.bytes_sent - before[0][name].bytes_sent) / seconds),
                errors=now.errin + now.errout,
                drops=now.dropin + now.dropout,
            )
            for name, now in sorted(after.items())
            if name in before[0]
        ),
        connections=Counter(one.status for one in connections),
        listening=tuple(sorted({_listener(one) for one in connections if one.status == psutil.CONN_LISTEN}))[
            :LISTENING_LISTED
        ],
        retransmit_percent=_retransmitted(before[1], segments),
    )


def _retransmitted(before: tuple[int, int] | None, after: tuple[int, int] | None) -> float | None:
    if before is None or after is None or after[0] <= before[0]:
        return None
    return round(100 * (after[1] - before[1]) / (after[0] - before[0]), 2)


def _listener(connection: Any) -> str:
    try:
        name = psutil.Process(connection.pid).name() if connection.pid else "?"
    except psutil.Error:
        name = "?"
    ip, port = connection.laddr
    address = f"[{ip}]" if ":" in ip else ip
    return f"{address}:{port} {one_line(name, 64)}"
