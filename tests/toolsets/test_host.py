"""The host toolset on this very host: it finds real culprits by looking, and what it says agrees with its facts."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from aurora_rt.clock import now
from aurora_rt.settings import load
from aurora_rt.toolsets.facts import (
    AnyFacts,
)
from aurora_rt.toolsets.facts.host import (
    Filesystems,
    HostState,
    LargeFiles,
    Network,
    Processes,
    ProcessUse,
)
from aurora_rt.toolsets.facts.logs import (
    LogLines,
)
from aurora_rt.toolsets.host import TOOLSET, journal, processes
from aurora_rt.toolsets.host.walk import walk
from aurora_rt.toolsets.tables import size
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Observation, Window

Tools = Callable[..., Toolbox]
Start = Callable[..., subprocess.Popen[str]]

MEBIBYTE = 1024 * 1024
LOOKS = [f"host.{tool.name}" for tool in TOOLSET.tools]

# Culprits. Each says a line when it is at it, and ends by itself should nobody end it.
BURN = """
import time
print("burning", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end: pass
"""
GROW = """
import time
print("growing", flush=True)
kept = []
for _ in range(1200):
    kept.append(b"x" * 200_000)
    time.sleep(0.02)
time.sleep(30)
"""
WRITE = """
import os, sys, time
with open(sys.argv[1], "wb") as file:
    for turn in range(3000):
        file.write(b"x" * 65536)
        file.flush()
        os.fsync(file.fileno())
        if turn == 0: print("writing", flush=True)
        time.sleep(0.02)
"""
HOLD_DELETED = """
import os, sys, time
file = open(sys.argv[1], "wb")
file.write(b"x" * (8 * 1024 * 1024))
file.flush()
os.fsync(file.fileno())
os.unlink(sys.argv[1])
print("holding", flush=True)
time.sleep(60)
"""
HOARD = """
import time
kept = [open("/dev/null") for _ in range(900)]
print("hoarding", flush=True)
time.sleep(60)
"""
COME_AND_GO = """
import subprocess, time
print("coming and going", flush=True)
end = time.monotonic() + 60
while time.monotonic() < end:
    subprocess.run(["true"])
"""
LEAVE_A_ZOMBIE = """
import os, time
child = os.fork()
if child == 0: os._exit(0)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
print(child, flush=True)
time.sleep(60)
"""
IDLE = """
import time
print("idle", flush=True)
time.sleep(60)
"""


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts culprits, waits until they are at it, and ends them with the test."""
    running: list[subprocess.Popen[str]] = []

    def begin(source: str, *arguments: str | bytes) -> subprocess.Popen[str]:
        culprit = subprocess.Popen(
            [sys.executable, "-c", source, *arguments], stdout=subprocess.PIPE, text=True
        )
        running.append(culprit)
        return culprit

    yield begin
    for culprit in running:
        culprit.kill()
        culprit.communicate()


@pytest.fixture
def storage() -> Iterator[Path]:
    """A directory on storage: on some hosts /tmp is memory, but not /var/tmp."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


def said(culprit: subprocess.Popen[str]) -> str:
    """The first line that a culprit says; it is at it then."""
    assert culprit.stdout is not None
    return culprit.stdout.readline().strip()


def at_it(culprit: subprocess.Popen[str]) -> int:
    """The pid of a culprit that is at it."""
    assert said(culprit)
    return culprit.pid


def listed(seen: Observation) -> dict[int, ProcessUse]:
    """What the facts say of each process."""
    assert seen.error is None
    assert isinstance(seen.facts, Processes)
    by_pid = {one.pid: one for one in seen.facts.processes}
    assert len(by_pid) == len(seen.facts.processes)
    return by_pid


def row(seen: Observation, pid: int) -> str:
    """What the text says of a process: one line, that begins with its pid."""
    found = re.findall(rf"^{pid} .*$", seen.output, re.MULTILINE)
    assert len(found) == 1
    return str(found[0])


def large(seen: Observation) -> LargeFiles:
    assert seen.error is None
    assert isinstance(seen.facts, LargeFiles)
    return seen.facts


# processes


async def test_a_process_that_burns_the_processor_is_found(tools: Tools, start: Start) -> None:
    pid = at_it(start(BURN))
    seen = await tools().look("host.processes", sort="cpu", seconds=0.5)
    culprit = listed(seen)[pid]
    assert culprit.cpu_percent > 0
    assert (culprit.parent_pid, culprit.user) == (os.getpid(), psutil.Process().username())
    assert f"{culprit.cpu_percent:.1f}" in row(seen, pid)
    assert "while time.monotonic() < end" in row(seen, pid)


async def test_a_process_that_waits_for_its_core_is_found(tools: Tools, start: Start) -> None:
    core = min(os.sched_getaffinity(0))
    alone = f"import os\nos.sched_setaffinity(0, {{{core}}})\n{BURN}"
    pids = [at_it(start(alone)) for _ in range(2)]
    seen = await tools().look("host.processes", seconds=1)
    for pid in pids:
        found = listed(seen)[pid]
        assert found.core == core
        assert found.waited_percent is not None
        assert found.waited_percent > 10
        assert f" {found.waited_percent:.1f} " in row(seen, pid)


def test_what_was_kept_of_processes_before_they_were_seen_to_wait_can_still_be_read() -> None:
    told = {"pid": 1, "parent_pid": 0, "name": "init", "command": "init", "user": "root", "cpu_percent": 0.0}
    told |= {
        "rss": 1,
        "rss_growth": 0.0,
        "read_rate": None,
        "write_rate": None,
        "open_files": None,
        "threads": 1,
    }
    told |= {"state": "S", "nice": 0, "started_at": "2026-01-01T00:00:00Z"}
    kept = ProcessUse.model_validate(told)
    assert (kept.waited_percent, kept.core) == (None, None)


async def test_a_process_whose_memory_grows_is_found(tools: Tools, start: Start) -> None:
    pid = at_it(start(GROW))
    seen = await tools().look("host.processes", sort="memory_growth", seconds=0.5)
    assert listed(seen)[pid].rss_growth > 0
    assert "MiB/s" in row(seen, pid)


async def test_a_process_that_writes_to_storage_is_found(tools: Tools, start: Start, storage: Path) -> None:
    pid = at_it(start(WRITE, str(storage / "growing.log")))
    seen = await tools().look("host.processes", sort="io", seconds=0.5)
    culprit = listed(seen)[pid]
    assert culprit.write_rate is not None
    assert culprit.write_rate > 0
    assert f"{size(culprit.write_rate)}/s" in row(seen, pid)


async def test_a_process_that_hoards_descriptors_is_found(tools: Tools, start: Start) -> None:
    pid = at_it(start(HOARD))
    seen = await tools().look("host.processes", sort="open_files", seconds=0.2)
    assert (listed(seen)[pid].open_files or 0) >= 900


async def test_a_culprit_is_found_whatever_it_was_that_was_asked_for(tools: Tools, start: Start) -> None:
    pid = at_it(start(HOARD))
    seen = await tools().look("host.processes", sort="cpu", seconds=0.2, limit=1)
    assert pid in listed(seen)


async def test_each_process_of_the_facts_has_its_line_in_the_text_in_the_same_order(tools: Tools) -> None:
    seen = await tools().look("host.processes", sort="memory", seconds=0.2)
    pids = [int(pid) for pid in re.findall(r"^(\d+) +\S+ +-?\d+ ", seen.output, re.MULTILINE)]
    assert pids == list(listed(seen))
    assert isinstance(seen.facts, Processes)
    assert seen.facts.total >= len(pids)
    assert seen.output.startswith(f"{seen.facts.total} processes, watched for 0.2 s, most memory first\n")


async def test_the_largest_come_first_and_no_more_than_asked_for_of_them(tools: Tools) -> None:
    seen = await tools().look("host.processes", sort="memory", seconds=0.2, limit=3)
    first = [one.rss for one in listed(seen).values()][:3]
    assert first == sorted(first, reverse=True)
    assert "head -n 4" in seen.command


async def test_a_process_that_ends_while_it_is_looked_at_does_no_harm(tools: Tools, start: Start) -> None:
    ends, stays = start(IDLE), start(IDLE)
    at_it(ends), at_it(stays)
    looking = asyncio.create_task(tools().look("host.processes", sort="cpu", seconds=0.5, limit=100))
    await asyncio.sleep(0.1)  # whether the first look has come to it by now or not: both must do no harm
    ends.kill()
    ends.wait()
    assert ends.pid not in listed(await looking)


async def test_looking_does_no_harm_where_processes_come_and_go(tools: Tools, start: Start) -> None:
    for _ in range(2):
        at_it(start(COME_AND_GO))
    box = tools()
    for seen in await asyncio.gather(*map(box.look, LOOKS)):
        assert seen.error is None or seen.tool == "host.journal"


async def test_a_process_that_nobody_waits_for_counts_too(tools: Tools, start: Start) -> None:
    zombie = int(said(start(LEAVE_A_ZOMBIE)))
    seen = await tools().look("host.recent_starts")
    assert listed(seen)[zombie].state == psutil.STATUS_ZOMBIE
    assert row(seen, zombie)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--password", "hunter2Xq"),
        ("--db-password=hunter2Xq",),
        ("--token", "two words hunter2Xq"),
        ("--api-key", "part,hunter2Xq;part&hunter2Xq"),
        ("password=a,hunter2Xq",),
        ("postgres://app:hunter2Xq@db/app",),
        ("-H", "Authorization: Bearer hunter2Xq"),
    ],
)
async def test_a_secret_on_a_command_line_is_in_neither_facts_nor_text(
    tools: Tools, start: Start, arguments: tuple[str, ...]
) -> None:
    pid = at_it(start(IDLE, *arguments))
    seen = await tools().look("host.recent_starts")
    command = listed(seen)[pid].command
    assert seen.facts is not None
    assert "hunter2Xq" not in seen.output + seen.facts.model_dump_json()
    assert "[redacted]" in command
    assert "time.sleep(60)" in command


async def test_a_command_line_of_any_bytes_can_be_kept_and_shown(tools: Tools, start: Start) -> None:
    pid = at_it(start(IDLE, b"\xff\x1b[31m\n\t\x07", "x" * 100_000))
    seen = await tools().look("host.recent_starts")
    command = listed(seen)[pid].command
    assert len(command) <= processes.COMMAND_LIMIT
    assert command.isprintable()
    assert command in row(seen, pid)


async def test_what_was_started_within_the_window_is_found_newest_first(tools: Tools, start: Start) -> None:
    pid = at_it(start(IDLE))
    seen = await tools().look("host.recent_starts")
    assert pid in listed(seen)
    starts = [one.started_at for one in listed(seen).values()]
    assert starts == sorted(starts, reverse=True)
    assert f"{listed(seen)[pid].started_at:%m-%d %H:%M:%S}" in row(seen, pid)


async def test_what_was_started_at_another_time_is_not_told(tools: Tools) -> None:
    long_ago = now() - timedelta(days=3650)
    seen = await tools(window=Window(long_ago, long_ago + timedelta(hours=2), long_ago)).look(
        "host.recent_starts"
    )
    assert listed(seen) == {}
    assert seen.output.startswith("0 of ")


# files


async def test_a_file_that_grows_is_found_with_the_process_that_writes_it(
    tools: Tools, start: Start, tmp_path: Path
) -> None:
    path = tmp_path / "growing.log"
    pid = at_it(start(WRITE, str(path)))
    (tmp_path / "large").write_bytes(b"x" * 4 * MEBIBYTE)
    seen = await tools().look("host.large_files", root=str(tmp_path))
    found = {one.path: one for one in large(seen).files}
    growing = found[str(path)]
    assert growing.growth > 0
    assert growing.pids == (pid,)
    assert not growing.deleted
    assert found[str(tmp_path / "large")].size >= 4 * MEBIBYTE
    line = next(line for line in seen.output.splitlines() if line.endswith(str(path)))
    assert f"{growing.process_names[0]}[{pid}]" in line


async def test_a_deleted_file_that_still_takes_space_is_found_with_its_holder(
    tools: Tools, start: Start, tmp_path: Path
) -> None:
    path = tmp_path / "gone.log"
    pid = at_it(start(HOLD_DELETED, str(path)))
    seen = await tools().look("host.large_files", root=str(tmp_path))
    gone = next(one for one in large(seen).files if one.path == str(path))
    assert gone.deleted
    assert gone.size >= 8 * MEBIBYTE
    assert gone.pids == (pid,)
    assert f"{path} (deleted)" in seen.output


async def test_a_file_with_two_names_counts_once_and_holes_take_no_space(
    tools: Tools, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"x" * MEBIBYTE)
    (tmp_path / "other").hardlink_to(tmp_path / "one")
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(1024 * MEBIBYTE)
    seen = await tools().look("host.large_files", root=str(tmp_path))
    here = [one for one in large(seen).files if one.path.startswith(str(tmp_path))]
    assert sorted(Path(one.path).name == "holes" for one in here) == [False, True]
    assert next(one for one in here if one.path.endswith("holes")).size < MEBIBYTE


async def test_what_is_no_file_and_what_leads_elsewhere_is_left_alone(tools: Tools, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    (tmp_path / "file").write_text("x")
    seen = await tools().look("host.large_files", root=str(tmp_path))
    assert [one.path for one in large(seen).files if not one.deleted] == [str(tmp_path / "file")]
    assert large(seen).complete


async def test_a_file_name_of_any_bytes_can_be_kept_and_shown(tools: Tools, tmp_path: Path) -> None:
    name = b"a\xff\x1b[31mb\nc password=hunter2Xq"
    Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(b"x" * MEBIBYTE)
    seen = await tools().look("host.large_files", root=str(tmp_path))
    path = next(one.path for one in large(seen).files if one.path.startswith(str(tmp_path)))
    assert path.encode()
    assert "\x1b" not in path + seen.output
    assert "hunter2Xq" not in path + seen.output


@pytest.mark.parametrize("root", ["tmp", "", "/tmp\0/x", "/" + "x" * 5000])
async def test_a_root_that_is_no_absolute_path_is_a_bad_call(tools: Tools, root: str) -> None:
    seen = await tools().look("host.large_files", root=root)
    assert seen.error
    assert seen.facts is None


async def test_a_root_that_is_not_there_is_said_to_be_so(tools: Tools, tmp_path: Path) -> None:
    for root in (tmp_path / "missing", tmp_path / "it's a file"):
        seen = await tools().look("host.large_files", root=str(root))
        assert seen.error == f"{root} is not a directory on this host."
        (tmp_path / "it's a file").touch()


async def test_the_command_that_is_shown_can_be_pasted_whatever_the_directory_is_called(
    tools: Tools, tmp_path: Path
) -> None:
    (root := tmp_path / "it's; here").mkdir()
    (root / "file").write_bytes(b"x" * MEBIBYTE)
    seen = await tools().look("host.large_files", root=str(root))
    find = seen.command.rpartition("; lsof")[0]
    shown = subprocess.run(["bash", "-c", find], capture_output=True, text=True, check=True).stdout
    assert str(root / "file") in shown


async def test_without_a_root_the_usual_places_are_walked(tools: Tools) -> None:
    facts = large(await tools().look("host.large_files"))
    assert {"/tmp", "/var/log"} <= set(facts.roots)


def test_a_walk_that_is_cut_says_so_and_has_seen_the_upper_levels(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for n in range(20):
        (tmp_path / "a" / "b" / f"deep{n}").touch()
    (tmp_path / "upper").touch()
    found = walk([str(tmp_path)], entries=5)
    assert not found.complete
    assert str(tmp_path / "upper") in found.paths
    assert walk([str(tmp_path)]).complete
    assert not walk([str(tmp_path)], seconds=-1).complete


# the machine


async def test_the_state_of_the_host_is_told(tools: Tools) -> None:
    seen = await tools().look("host.state")
    facts = seen.facts
    assert isinstance(facts, HostState)
    assert (facts.hostname, facts.cores) == (socket.gethostname(), psutil.cpu_count())
    assert 0 < facts.memory_available <= facts.memory_total == psutil.virtual_memory().total
    assert 0 <= facts.cpu_percent + facts.iowait_percent <= 100.3
    assert 0 <= facts.steal_percent <= facts.cpu_percent + 0.1
    assert facts.boot_at < now()
    assert facts.hostname in seen.output
    assert (
        f"{facts.load[0]:.2f} {facts.load[1]:.2f} {facts.load[2]:.2f} on {facts.cores} cores" in seen.output
    )
    assert f"cpu {facts.cpu_percent:.1f} % busy" in seen.output
    told = {one.resource for one in facts.pressure}
    assert told == {name for name in ("cpu", "memory", "io") if f"pressure {name}:" in seen.output}


async def test_a_busy_processor_shows_in_the_state(tools: Tools, start: Start) -> None:
    at_it(start(BURN))
    facts = (await tools().look("host.state")).facts
    assert isinstance(facts, HostState)
    assert facts.cpu_percent > 0


async def test_the_file_system_of_a_directory_is_told_as_it_is(tools: Tools, tmp_path: Path) -> None:
    seen = await tools().look("host.filesystems")
    assert isinstance(seen.facts, Filesystems)
    usage = shutil.disk_usage(tmp_path)
    here = [one for one in seen.facts.filesystems if one.total == usage.total]
    assert here
    assert any(abs(one.free - usage.free) < 0.1 * usage.total for one in here)
    for one in seen.facts.filesystems:
        assert one.used + one.free <= one.total
        assert 0 <= one.used_percent <= 100
        assert one.inodes_percent is None or 0 <= one.inodes_percent <= 100
        assert re.search(rf"^{re.escape(one.mount)} .*{one.used_percent:.1f} ", seen.output, re.MULTILINE)
    assert len(seen.output.splitlines()) == 1 + len(seen.facts.filesystems)


def here(family: socket.AddressFamily, address: str) -> bool:
    """Whether this host has the address; not every one speaks IPv6."""
    with socket.socket(family) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
        return True


@pytest.mark.parametrize(
    ("family", "address", "shown"),
    [
        one
        for one in ((socket.AF_INET, "127.0.0.1", "127.0.0.1"), (socket.AF_INET6, "::1", "[::1]"))
        if here(*one[:2])
    ],
)
async def test_who_listens_and_how_many_connections_there_are_is_told(
    tools: Tools, family: socket.AddressFamily, address: str, shown: str
) -> None:
    with socket.socket(family) as listener:
        listener.bind((address, 0))
        listener.listen()
        seen = await tools().look("host.network")
        port = listener.getsockname()[1]
    facts = seen.facts
    assert isinstance(facts, Network)
    expected = f"{shown}:{port} {psutil.Process().name()}"
    assert expected in facts.listening
    assert expected in seen.output.splitlines()
    assert facts.connections[psutil.CONN_LISTEN] >= 1
    assert f"LISTEN {facts.connections[psutil.CONN_LISTEN]}" in seen.output
    assert {one.name for one in facts.interfaces} == set(psutil.net_io_counters(pernic=True))
    assert all(one.received_rate >= 0 and one.sent_rate >= 0 for one in facts.interfaces)
    assert all(re.search(rf"^{re.escape(one.name)} ", seen.output, re.MULTILINE) for one in facts.interfaces)


# the journal


async def test_the_journal_is_told_or_it_is_said_why_not(tools: Tools) -> None:
    seen = await tools().look("host.journal")
    assert seen.command.startswith("journalctl --utc --priority=warning --since=")
    if seen.error is None:
        assert isinstance(seen.facts, LogLines)
        assert all(line.text in seen.output for line in seen.facts.lines[:20])
    else:
        assert "journal" in seen.error
        assert seen.facts is None


@pytest.fixture
def journalctl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a program that says what a test wants in journalctl's place: the real one cannot be made to misbehave."""
    place = tmp_path / "journal" / "machine"
    place.mkdir(parents=True)
    (place / "system.journal").touch()
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(journal, "DIRECTORIES", (tmp_path / "journal",))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)

    def say(script: str) -> None:
        program = tmp_path / "bin" / "journalctl"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    return say


SPOKEN = [
    ('{"MESSAGE": "disk is full", "PRIORITY": "3", "SYSLOG_IDENTIFIER": "db"}', ["error db: disk is full"]),
    ('{"MESSAGE": [104, 105, 255], "PRIORITY": "2", "_COMM": "app"}', ["critical app: hi\ufffd"]),
    ('{"MESSAGE": ["one", "other"], "PRIORITY": "4"}', ["warning ?: one other"]),
    ('{"MESSAGE": [[104, 105], "other"], "PRIORITY": "4"}', ["warning ?: hi other"]),
    ('{"MESSAGE": null, "PRIORITY": "4"}', []),
    ('{"PRIORITY": "4"}', []),
    ("3", []),
    ("[]", []),
    ('{"MESSAGE": ""}', []),
    ("null", []),
    ('{"MESSAGE": "cut of', []),
    ('{"MESSAGE": "token=hunter2Xq was used"}', ["unknown ?: token=[redacted] was used"]),
]


@pytest.mark.parametrize(("spoken", "lines"), SPOKEN)
async def test_each_form_that_journalctl_writes_a_message_in_is_read(
    tools: Tools, journalctl: Callable[[str], None], spoken: str, lines: list[str]
) -> None:
    journalctl(f"cat <<'END'\n{spoken}\nEND")
    seen = await tools().look("host.journal")
    assert seen.error is None
    assert isinstance(seen.facts, LogLines)
    assert [f"{one.priority} {one.source}: {one.text}" for one in seen.facts.lines] == lines
    assert "hunter2Xq" not in seen.output


async def test_a_journal_line_carries_its_time(tools: Tools, journalctl: Callable[[str], None]) -> None:
    journalctl("""echo '{"MESSAGE": "m", "PRIORITY": "3", "__REALTIME_TIMESTAMP": "1772359200000000"}'""")
    seen = await tools().look("host.journal")
    assert seen.output == "03-01 10:00:00 error ?: m"


async def test_a_quiet_night_is_told_as_one(tools: Tools, journalctl: Callable[[str], None]) -> None:
    journalctl("true")
    seen = await tools().look("host.journal")
    assert seen.output == "No warnings or errors in the journal within this window."
    assert isinstance(seen.facts, LogLines)
    assert seen.facts.lines == ()


async def test_a_journal_that_cannot_be_read_is_said_to_be_so(
    tools: Tools, journalctl: Callable[[str], None]
) -> None:
    journalctl("echo 'Failed to open: no permission' >&2; exit 1")
    seen = await tools().look("host.journal")
    assert seen.error == "The journal could not be read: Failed to open: no permission"


# what all of them keep


@pytest.mark.parametrize("look", LOOKS)
async def test_facts_survive_being_kept_as_json(tools: Tools, look: str) -> None:
    seen = await tools().look(look)
    if seen.facts is None:
        assert seen.error
        return
    facts: TypeAdapter[Any] = TypeAdapter(AnyFacts)
    assert facts.validate_json(facts.dump_json(seen.facts)) == seen.facts
    assert facts.validate_python(seen.facts.model_dump(mode="json")) == seen.facts
    assert "\0" not in facts.dump_json(seen.facts).decode()
    assert seen.output
    assert seen.command


@given(
    st.fixed_dictionaries({}, optional={"sort": st.text(), "limit": st.integers(), "seconds": st.floats()})
)
def test_parameters_are_within_bounds_or_refused(given_parameters: dict[str, Any]) -> None:
    try:
        parameters = processes.UseParameters.model_validate(given_parameters)
    except ValueError:
        return
    assert 1 <= parameters.limit <= 100
    assert 0.2 <= parameters.seconds <= 10


async def test_the_host_toolset_is_usable_here_and_says_so(tools: Tools, http: httpx.AsyncClient) -> None:
    assert "host" not in tools().unusable
    assert (await TOOLSET.health(await asyncio.to_thread(load), http)).status == "healthy"
