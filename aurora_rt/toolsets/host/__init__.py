"""The host that this server runs on: processes, load, memory, disks, network, recent starts, journal.

Everything is read from /proc and the like through psutil, in threads, and sampled twice where a rate matters, so
that a process which grows or writes is told from one that is merely large. The server's own processes are listed
like any other. Facts are about this host alone: whether an alert is about it is for the investigator to judge.
"""

import sys
from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.host import files, filesystems, journal, machine, network, processes
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

FRESH: Final = 2.0
"""Seconds: what was seen of the host so lately need not be looked at again for the next incident."""


def _unusable(_: Settings) -> str | None:
    if sys.platform != "linux":
        return f"The host toolset reads Linux's /proc, and this host runs {sys.platform}."
    return None


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    reason = _unusable(settings)
    return Health("unhealthy", reason) if reason else Health("healthy", "This host can be looked at.")


TOOLSET: Final = Toolset(
    name="host",
    title="This host",
    description="Processes, load, memory, disks, network and journal of the host that Aurora RT runs on.",
    cost="low",
    tools=(
        Tool(
            "state", "Load, processor, memory, swap and pressure of the host.", machine.state, fresh_for=FRESH
        ),
        Tool(
            "processes",
            "The processes that use most processor, memory, storage or descriptors, and how fast they grow.",
            processes.users,
            processes.UseParameters,
            timeout=25,
            fresh_for=FRESH,
        ),
        Tool(
            "filesystems",
            "How full the file systems are, and how fast they fill.",
            filesystems.filesystems,
            fresh_for=FRESH,
        ),
        Tool(
            "large_files",
            "The largest and fastest growing files in a directory, and who holds them open.",
            files.large_files,
            files.LargeFilesParameters,
            timeout=25,
            fresh_for=FRESH,
        ),
        Tool("network", "Traffic, errors and TCP connections by state.", network.network, fresh_for=FRESH),
        Tool(
            "recent_starts",
            "Processes that were started within the incident's window.",
            processes.recent_starts,
        ),
        Tool(
            "journal",
            "Warnings and errors of the system journal within the incident's window.",
            journal.journal,
        ),
    ),
    unusable=_unusable,
    health=_health,
)
