"""Looking at this very machine: whoever misbehaves on it is found, whatever was asked first."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from aurora_rt.clock import now
from aurora_rt.toolsets import commands
from aurora_rt.toolsets.facts import (
    Filesystems,
    FileUse,
    HostState,
    LargeFiles,
    LogLines,
    Network,
    Processes,
    ProcessUse,
)
from aurora_rt.toolsets.host import journal
from aurora_rt.toolsets.host.walk import walk
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Observation, Window

Tools = Callable[..., Toolbox]

BOUNDED = "import os, signal, sys, time\nsignal.alarm(60)\nos.nice(10)\n"
READY = "print('ready', flush=True)\n"
BURNER = BOUNDED + READY + "while True: pass"
LEAKER = (
    BOUNDED
    + READY
    + "kept = []\nwhile len(kept) < 150: kept.append(b'x' * 2_000_000); time.sleep(0.05)\ntime.sleep(60)"
)
WRITER = BOUNDED + (
    "file = open(sys.argv[1], 'wb', buffering=0)\n"
    "if len(sys.argv) > 2: os.unlink(sys.argv[1])\n"
    "file.write(b'x' * 3_000_000)\n"
    + READY
    + "for _ in range(150): file.write(os.urandom(500_000)); time.sleep(0.05)\n"
    "time.sleep(60)"
)
HOARDER = BOUNDED + "kept = [open('/dev/null') for _ in range(900)]\n" + READY + "time.sleep(60)"
SLEEPER = BOUNDED + READY + "time.sleep(60)"


@asynccontextmanager
async def running(source: str, *arguments: str | bytes) -> AsyncIterator[int]:
    """A process of this test's own, which has begun with what it does. Yields its pid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", source, *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        process.kill()
        await process.wait()


async def process_of(
    box: Toolbox, pid: int, tool: str = "host.processes", **parameters: object
) -> ProcessUse:
    seen = await box.look(tool, **parameters)
    assert isinstance(seen.facts, Processes), seen.error
    found = [one for one in seen.facts.processes if one.pid == pid]
    assert found, f"process {pid} is not listed:\n{seen.output}"
    assert str(pid) in seen.output
    return found[0]


async def file_at(box: Toolbox, path: Path) -> FileUse:
    seen = await box.look("host.large_files", root=str(path.parent))
    assert isinstance(seen.facts, LargeFiles), seen.error
    found = [one for one in seen.facts.files if one.path == str(path)]
    assert found, f"{path} is not listed:\n{seen.output}"
    assert str(path) in seen.output
    return found[0]


@pytest.mark.parametrize("sort", ["cpu", "memory"])
async def test_a_process_that_burns_processor_time_is_found_whatever_was_asked_for(
    tools: Tools, sort: str
) -> None:
    async with running(BURNER) as pid:
        use = await process_of(tools(), pid, sort=sort, seconds=1)
    assert use.cpu_percent > 5
    assert (use.nice, use.threads, use.parent_pid) == (10, 1, os.getpid())


@pytest.mark.parametrize("sort", ["cpu", "memory_growth"])
async def test_a_process_that_leaks_memory_is_found_whatever_was_asked_for(tools: Tools, sort: str) -> None:
    async with running(LEAKER) as pid:
        use = await process_of(tools(), pid, sort=sort, seconds=1)
    assert use.rss_growth > 1_000_000
    assert use.rss > 4_000_000


async def test_a_process_that_holds_many_files_open_is_found(tools: Tools) -> None:
    async with running(HOARDER) as pid:
        use = await process_of(tools(), pid, sort="open_files", seconds=0.2)
    assert (use.open_files or 0) >= 900


async def test_a_process_that_writes_is_found_with_the_file_that_it_fills(
    tools: Tools, tmp_path: Path
) -> None:
    box, path = tools(), tmp_path / "export.csv"
    async with running(WRITER, str(path)) as pid:
        use, file = await asyncio.gather(process_of(box, pid, sort="io", seconds=1), file_at(box, path))
    assert use.write_rate is not None
    assert file.growth > 1_000_000
    assert file.size >= 3_000_000
    assert (file.pids, file.deleted) == ((pid,), False)
    assert file.process_names[0].startswith("python")


async def test_a_deleted_file_that_still_grows_is_found_with_who_holds_it(
    tools: Tools, tmp_path: Path
) -> None:
    path = tmp_path / "gone.log"
    async with running(WRITER, str(path), "delete") as pid:
        file = await file_at(tools(), path)
    assert file.deleted
    assert file.pids == (pid,)
    assert file.growth > 1_000_000


async def test_a_command_line_shows_no_secret_and_may_hold_any_bytes(tools: Tools) -> None:
    async with running(SLEEPER, "--password=hunter2", b"\xff\x1b[31m\n\x00".rstrip(b"\0")) as pid:
        box = tools(window=Window(now() - timedelta(hours=1), now() + timedelta(hours=1), now()))
        use = await process_of(box, pid, tool="host.recent_starts")
    assert use.command.endswith("--password=[redacted] \N{REPLACEMENT CHARACTER}")
    use.model_dump_json()


async def test_a_file_may_have_any_name(tools: Tools, tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff\n\x1b[31mname", "wb") as file:  # noqa: PTH123 - bytes
        file.write(b"x" * 100_000)
    seen = await tools().look("host.large_files", root=str(tmp_path))
    assert isinstance(seen.facts, LargeFiles), seen.error
    assert [Path(one.path).name for one in seen.facts.files if not one.deleted] == [
        "\N{REPLACEMENT CHARACTER}\nname"
    ]
    assert len(seen.output.splitlines()) == 2 + len(seen.facts.files)
    seen.facts.model_dump_json()


async def test_a_directory_that_is_none_is_said_to_be_none(tools: Tools) -> None:
    seen = await tools().look("host.large_files", root="/nowhere/at all")
    assert seen.error == "/nowhere/at all is not a directory on this host."
    assert "'/nowhere/at all'" in seen.command


async def test_the_usual_places_are_looked_at_by_default(tools: Tools) -> None:
    seen = await tools().look("host.large_files")
    assert isinstance(seen.facts, LargeFiles), seen.error
    assert {"/tmp", "/var/log", "/var/tmp", "/dev/shm"} <= set(seen.facts.roots)


def test_a_walk_ends_at_its_limit_and_says_so(tmp_path: Path) -> None:
    for n in range(50):
        (tmp_path / f"{n}").touch()
    assert not walk([str(tmp_path)], entries=10).complete
    assert not walk([str(tmp_path)], seconds=-1).complete
    assert walk([str(tmp_path)]).complete
    assert len(walk([str(tmp_path)]).paths) == 50


def test_a_walk_follows_no_link_and_stands_what_it_may_not_see(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "file").write_text("x")
    (inside / "link").symlink_to(outside)
    (inside / "loop").symlink_to(inside)
    found = walk([str(inside), "/nowhere"])
    assert (found.paths, found.complete) == (set(), True)


async def test_the_state_of_the_host_is_told(tools: Tools) -> None:
    seen = await tools().look("host.state")
    state = seen.facts
    assert isinstance(state, HostState), seen.error
    assert state.cores == os.cpu_count()
    assert 0 < state.memory_available <= state.memory_total
    assert 0 <= state.cpu_percent <= 100
    assert state.boot_at < now()
    if Path("/proc/pressure/cpu").exists():
        assert {one.resource for one in state.pressure} == {"cpu", "memory", "io"}
    assert socket.gethostname() in seen.output


async def test_file_systems_are_told_once_and_as_full_as_they_are(tools: Tools, tmp_path: Path) -> None:
    seen = await tools().look("host.filesystems")
    assert isinstance(seen.facts, Filesystems), seen.error
    mounts = [one.mount for one in seen.facts.filesystems]
    assert len(mounts) == len(set(mounts))
    counts = os.statvfs(tmp_path)
    assert counts.f_blocks * counts.f_frsize in [one.total for one in seen.facts.filesystems]
    assert all(0 <= one.used_percent <= 100 for one in seen.facts.filesystems)
    assert not {"proc", "sysfs", "devtmpfs", "squashfs"} & {one.type for one in seen.facts.filesystems}


async def test_who_listens_on_which_port_is_told(tools: Tools) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        seen = await tools().look("host.network")
    assert isinstance(seen.facts, Network), seen.error
    assert any(one.startswith(f"127.0.0.1:{port} python") for one in seen.facts.listening)
    assert seen.facts.connections["LISTEN"] >= 1
    assert "lo" in [one.name for one in seen.facts.interfaces]


async def test_a_process_counts_as_started_lately_only_within_the_window(tools: Tools) -> None:
    async with running(SLEEPER) as pid:
        around = Window(now() - timedelta(minutes=5), now() + timedelta(minutes=5), now())
        use = await process_of(tools(window=around), pid, tool="host.recent_starts")
        assert around.start < use.started_at < around.end
        before = Window(now() - timedelta(days=2), now() - timedelta(days=1), now() - timedelta(days=1))
        seen = await tools(window=before).look("host.recent_starts")
    assert isinstance(seen.facts, Processes), seen.error
    assert pid not in [one.pid for one in seen.facts.processes]


async def test_processes_that_end_while_one_looks_do_not_matter(tools: Tools) -> None:
    async def come_and_go() -> None:
        for _ in range(60):
            process = await asyncio.create_subprocess_exec("/bin/true")
            await process.wait()

    box = tools()
    *seen, _ = await asyncio.gather(
        box.look("host.processes", seconds=0.5),
        box.look("host.recent_starts"),
        box.look("host.large_files", root="/dev/shm"),
        box.look("host.network"),
        come_and_go(),
    )
    assert [one.error for one in seen if isinstance(one, Observation)] == [None] * 4


ENTRIES = (
    {
        "MESSAGE": "Out of memory: Killed process 42 (java)",
        "PRIORITY": "3",
        "SYSLOG_IDENTIFIER": "kernel",
        "__REALTIME_TIMESTAMP": "1772373600000000",
    },
    {"MESSAGE": [98, 121, 116, 101, 115, 255], "PRIORITY": "4", "_COMM": "sshd"},
    {"MESSAGE": "login with password=hunter2\nfailed", "PRIORITY": "2", "SYSLOG_IDENTIFIER": "app"},
    {"MESSAGE": None, "PRIORITY": "4"},
)


@pytest.fixture
def journal_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host that keeps a journal, and a `journalctl` that prints `ENTRIES` and a line that was cut."""
    directory = tmp_path / "journal"
    (directory / "machine").mkdir(parents=True)
    (directory / "machine" / "system.journal").touch()
    lines = "\n".join([*map(json.dumps, ENTRIES), '{"MESSAGE": "cut'])
    program = tmp_path / "journalctl"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nprint({lines!r})\nprint(sys.argv[1:], file=sys.stderr)\n"
    )
    program.chmod(0o755)
    monkeypatch.setattr(journal, "DIRECTORIES", (directory,))
    monkeypatch.setenv("PATH", str(tmp_path))
    return program


async def test_the_journal_is_read_within_the_window(tools: Tools, journal_kept: Path) -> None:
    seen = await tools().look("host.journal")
    assert isinstance(seen.facts, LogLines), seen.error
    assert [(line.source, line.priority, line.text) for line in seen.facts.lines] == [
        ("kernel", "error", "Out of memory: Killed process 42 (java)"),
        ("sshd", "warning", "bytes\N{REPLACEMENT CHARACTER}"),
        ("app", "critical", "login with password=[redacted] failed"),
    ]
    assert seen.facts.lines[0].at is not None
    assert f"{seen.facts.lines[0].at:%Y-%m-%d %H:%M}" == "2026-03-01 14:00"
    assert seen.command.startswith("journalctl --utc --priority=warning --since=")


async def test_a_journal_that_cannot_be_read_says_what_journalctl_says(
    tools: Tools, journal_kept: Path
) -> None:
    journal_kept.write_text(
        f"#!{sys.executable}\nimport sys\nsys.exit('Failed to open files: Bad message')\n"
    )
    seen = await tools().look("host.journal")
    assert seen.error == "The journal could not be read: Failed to open files: Bad message"


async def test_a_host_without_a_journal_says_so(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "DIRECTORIES", (tmp_path,))
    assert (
        await tools().look("host.journal")
    ).error == "This host keeps no systemd journal that we may read."


def test_what_the_journal_tool_asks_is_allowed() -> None:
    asked = ["--no-pager", "--quiet", "--utc", "--output=json", "--priority=warning", "--lines=200"]
    assert commands.denied(["journalctl", *asked, "--since=2026-03-01 14:00:00 UTC"]) is None
