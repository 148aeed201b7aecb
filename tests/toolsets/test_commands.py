"""Programs are started only when they are known to read, and end within their limits."""

import ast
import asyncio
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

import aurora_rt
from aurora_rt.toolsets import commands
from aurora_rt.toolsets.commands import AT_ONCE, CommandDenied, CommandMissing, denied, run
from aurora_rt.toolsets.policy import NO_POLICY

SECONDS = 30.0
LIMIT = 10_000


@pytest.fixture
def python_may_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Widens the list by an interpreter, because journalctl cannot be made to misbehave."""
    monkeypatch.setattr(commands, "ALLOWED", MappingProxyType({sys.executable: lambda _: True}))


def python(source: str) -> Sequence[str]:
    return (sys.executable, "-c", source)


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("rm", "-rf", "/"),
        ("sh", "-c", "journalctl"),
        ("/usr/bin/journalctl", "--no-pager"),
        ("journalctl", "--rotate"),
        ("journalctl", "--vacuum-size=1"),
        ("journalctl", "--flush"),
        ("journalctl", "--follow"),
        ("journalctl", "-f"),
        ("journalctl", "--directory=/etc"),
        ("journalctl", "--file=/etc/shadow"),
        ("journalctl", "--since=today\0--rotate"),
        ("journalctl", "--no-pager", "--update-catalog"),
        ("journalctl", "--vacuum-time=1s"),
        ("journalctl", "--vacuum-files=1"),
        ("journalctl", "--sync"),
        ("journalctl", "--relinquish-var"),
        ("journalctl", "--smart-relinquish-var"),
        ("journalctl", "--setup-keys"),
        ("journalctl", "--verify"),
        ("journalctl", "--verify-key=x"),
        ("journalctl", "--root=/x"),
        ("journalctl", "--image=/x.raw"),
        ("journalctl", "--file", "/etc/shadow"),
        ("journalctl", "--directory", "/x"),
        ("journalctl", "--machine=other"),
        ("journalctl", "--merge"),
        ("journalctl", "--cursor-file=/etc/passwd"),
        ("journalctl", "--pager-end"),
        ("journalctl", "-e"),
        ("journalctl", "-D/x"),
        ("journalctl", "-kf"),
        ("journalctl", "-q", "-f"),
        ("journalctl", "--rot"),
        ("journalctl", "--vac"),
        ("journalctl", "--fol"),
        ("journalctl", "--since", "--rotate"),
        ("journalctl", "_PID=1"),
        ("journalctl", "/usr/bin/sshd"),
        ("journalctl", "--"),
        ("journalctl", ""),
        ("journalctl", "--no-pager\n--rotate"),
        ("journalctl", "--no-pager", "\0"),
        ("journalctl", "--no-pager;", "reboot"),
        ("journalctl", "--quiet", "|", "sh"),
        ("journalctl", "$(reboot)"),
        ("journalctl ", "--quiet"),
        ("journalctl\0", "--quiet"),
        ("JOURNALCTL", "--quiet"),
        ("./journalctl", "--quiet"),
        ("../bin/journalctl", "--quiet"),
        ("PAGER=sh", "journalctl"),
        ("env", "PAGER=sh", "journalctl"),
        ("sudo", "journalctl", "--quiet"),
        ("bash", "-c", "journalctl --rotate"),
        ("python3", "-c", "print()"),
        ("",),
        ("\0",),
        (" ",),
    ],
)
async def test_a_command_that_may_do_more_than_read_is_denied_with_a_sentence(argv: Sequence[str]) -> None:
    with pytest.raises(CommandDenied) as refused:
        await run(argv, policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "argv",
    [
        ("journalctl",),
        ("journalctl", "-q", "-k"),
        ("journalctl", "--no-pager", "--quiet", "--utc", "--reverse"),
        ("journalctl", "--output=json", "--priority=warning", "--lines=200"),
        ("journalctl", "--since=2026-03-01 10:00:00 UTC", "--until=now", "--unit=db.service"),
        ("journalctl", "--boot=-1", "--grep=out of memory|oom; --rotate"),
        ("journalctl", "-u", "db", "-n", "50", "--since", "today"),
    ],
)
def test_a_command_that_only_reads_may_be_run(argv: Sequence[str]) -> None:
    assert denied(argv) is None


@given(st.text(min_size=1), st.lists(st.text()))
def test_no_other_program_may_run_whatever_its_arguments(program: str, arguments: list[str]) -> None:
    if program not in commands.ALLOWED:
        assert denied([program, *arguments]) is not None


@given(st.from_regex(r"--[a-z-]{1,20}(=.{0,10})?", fullmatch=True))
def test_journalctl_takes_only_flags_that_select_and_format(flag: str) -> None:
    reads = {"no-pager", "quiet", "utc", "reverse", "output", "priority", "since", "until", "lines", "unit"}
    reads |= {"boot", "grep", "dmesg", "no-hostname", "list-boots", "disk-usage", "catalog", "all", "user"}
    reads |= {"system", "identifier"}
    if flag.lstrip("-").partition("=")[0] not in reads:
        assert denied(["journalctl", flag]) is not None


@pytest.mark.usefixtures("python_may_run")
async def test_a_program_gets_a_clean_place_and_nothing_of_our_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    tell = "import json, os, sys; print(json.dumps([sorted(os.environ), os.getcwd(), sys.stdin.read(), os.getsid(0)]))"
    finished = await run(python(tell), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
    environment, directory, typed, session = json.loads(finished.stdout)
    assert finished.exit_status == 0
    assert set(environment) <= {"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ"}
    assert (directory, typed) == ("/", "")
    assert session != psutil.Process().pid


@pytest.mark.usefixtures("python_may_run")
async def test_what_a_program_says_of_its_failure_is_kept() -> None:
    finished = await run(
        python("import sys; sys.stderr.write('no such unit'); sys.exit(3)"),
        policy=NO_POLICY,
        timeout=SECONDS,
        output_limit=LIMIT,
    )
    assert (finished.exit_status, finished.stdout, finished.stderr) == (3, "", "no such unit")
    assert not finished.truncated


@pytest.mark.usefixtures("python_may_run")
async def test_a_program_that_says_more_than_is_kept_ends_and_is_cut() -> None:
    finished = await run(
        python("print('x' * 5_000_000)"), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT
    )
    assert finished.exit_status == 0
    assert finished.truncated
    assert finished.stdout == "x" * LIMIT


@pytest.mark.usefixtures("python_may_run")
async def test_what_a_program_complains_of_is_bounded_too() -> None:
    source = "import sys; sys.stderr.write('e' * 5_000_000); print('done')"
    finished = await run(python(source), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
    assert (finished.exit_status, finished.stdout, finished.truncated) == (0, "done\n", True)
    assert finished.stderr == "e" * LIMIT


@pytest.mark.usefixtures("python_may_run")
async def test_words_reach_a_program_as_they_are() -> None:
    words = ["$(id)", "`id`", "; id", "a  b", "*", "~", "", "\n", "--", "é"]
    argv = (*python("import json, sys; print(json.dumps(sys.argv[1:]))"), *words)
    finished = await run(argv, policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
    assert json.loads(finished.stdout) == words


@pytest.mark.usefixtures("python_may_run")
async def test_what_a_caller_adds_to_the_environment_is_there() -> None:
    source = "import os; print(os.environ['KUBECONFIG'])"
    added = {"KUBECONFIG": "/there"}
    finished = await run(
        python(source), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT, environment=added
    )
    assert finished.stdout == "/there\n"


@pytest.mark.usefixtures("python_may_run")
async def test_a_program_that_does_not_end_is_ended_with_everything_it_started() -> None:
    endless = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(120)'])\n"
        "print(child.pid, flush=True)\n"
        "while True: print('again' * 1000, flush=True)"
    )
    finished = await run(python(endless), policy=NO_POLICY, timeout=1.0, output_limit=LIMIT)
    assert finished.exit_status is None
    assert finished.truncated
    await gone(int(finished.stdout.split()[0]))


@pytest.mark.usefixtures("python_may_run")
async def test_a_program_ends_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    told, part = tmp_path / "pid", tmp_path / "pid.part"
    source = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(part)!r}).write_text(str(os.getpid()))\n"
        f"os.rename({str(part)!r}, {str(told)!r})\n"
        "time.sleep(120)"
    )
    running = asyncio.create_task(run(python(source), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT))
    pid = await read_when_there(told)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await gone(pid)


@pytest.mark.usefixtures("python_may_run")
async def test_only_so_many_programs_run_at_once() -> None:
    source = "import time; print(time.monotonic()); time.sleep(0.2); print(time.monotonic())"
    finished = await asyncio.gather(
        *(
            run(python(source), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
            for _ in range(2 * AT_ONCE)
        )
    )
    spans = [tuple(map(float, one.stdout.split())) for one in finished]
    assert max(sum(start <= began < end for start, end in spans) for began, _ in spans) <= AT_ONCE


async def test_a_program_that_is_not_installed_is_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CommandMissing, match="journalctl cannot be started here"):
        await run(("journalctl", "--no-pager"), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)


@pytest.mark.usefixtures("python_may_run")
async def test_what_a_program_leaves_behind_is_ended_with_it() -> None:
    source = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(120)'],"
        " stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "print(child.pid)"
    )
    finished = await run(python(source), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
    assert finished.exit_status == 0
    await gone(int(finished.stdout))


@pytest.mark.usefixtures("python_may_run")
async def test_bytes_that_are_no_text_do_no_harm() -> None:
    finished = await run(
        python("import sys; sys.stdout.buffer.write(b'a\\xffb')"),
        policy=NO_POLICY,
        timeout=SECONDS,
        output_limit=LIMIT,
    )
    assert finished.stdout == "a\N{REPLACEMENT CHARACTER}b"


async def test_a_program_that_cannot_be_started_is_said_to_be_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nonsense = tmp_path / "nonsense"
    nonsense.write_bytes(b"\x7fnot a program")
    monkeypatch.setattr(commands, "ALLOWED", MappingProxyType({str(nonsense): lambda _: True}))
    with pytest.raises(CommandMissing, match="Permission denied"):
        await run((str(nonsense),), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)
    nonsense.chmod(0o755)
    with pytest.raises(CommandMissing, match="Exec format error"):
        await run((str(nonsense),), policy=NO_POLICY, timeout=SECONDS, output_limit=LIMIT)


MAY_START_PROGRAMS = (
    "toolsets/commands.py",
    "embedded.py",
    "fleet.py",
    "demo/",
    "investigation/evaluation/live.py",
    "knowledge/reading.py",
)
"""The one that looks, and those that start parts of our own server: its databases, its processes, a culprit to find,
the reader of PDF files; and what `aurora-rt eval --live` measures on."""
STARTERS = re.compile(
    r"(?:asyncio\.)?(?:subprocess\.)?(?:create_subprocess_(?:exec|shell)|Popen)"
    r"|subprocess\.(?:run|call|check_call|check_output|getoutput|getstatusoutput)"
    r"|os\.(?:system|popen|fork|forkpty|exec\w+|spawn\w+|posix_spawnp?|startfile)"
    r"|psutil\.Popen|(?:\w+\.)*ProcessPoolExecutor|pty\.spawn|\w+\.subprocess_(?:exec|shell)"
)
STARTING_MODULES = {"subprocess", "pty", "multiprocessing", "pexpect", "sh"}


def starts_programs(source: str) -> Iterator[str]:
    """What in a module starts programs, or is imported to."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute() | ast.Name() if STARTERS.fullmatch(name := ast.unparse(node)):
                yield name
            case ast.Import(names=names):
                yield from (one.name for one in names if one.name.split(".")[0] in STARTING_MODULES)
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[
                0
            ] in STARTING_MODULES or any(STARTERS.fullmatch(f"{module}.{one.name}") for one in names):
                yield module


def test_only_one_module_of_the_server_starts_programs() -> None:
    package = Path(aurora_rt.__file__).parent
    found = {
        str(path.relative_to(package)): sorted(set(starts_programs(path.read_text())))
        for path in package.rglob("*.py")
    }
    assert found["toolsets/commands.py"] == ["asyncio.create_subprocess_exec"]
    for ours in MAY_START_PROGRAMS:
        assert any(what for name, what in found.items() if name.startswith(ours)), (
            f"{ours} starts nothing any more"
        )
    assert {
        name: what for name, what in found.items() if what and not name.startswith(MAY_START_PROGRAMS)
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess",
        "from subprocess import run",
        "import os; os.system('x')",
        "import os; os.execvp('x', [])",
        "from os import posix_spawn",
        "import asyncio; asyncio.create_subprocess_shell('x')",
        "from asyncio import create_subprocess_exec",
        "import psutil; psutil.Popen(['x'])",
        "loop.subprocess_exec(x)",
        "import concurrent.futures; concurrent.futures.ProcessPoolExecutor()",
    ],
)
def test_whoever_starts_a_program_elsewhere_is_noticed(source: str) -> None:
    assert list(starts_programs(source))


async def gone(pid: int) -> None:
    """Wait until a process has ended; what is left of it may still wait for its parent."""
    async with asyncio.timeout(SECONDS):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.02)


async def read_when_there(path: Path) -> int:
    async with asyncio.timeout(SECONDS):
        while not path.exists():
            await asyncio.sleep(0.02)
    return int(path.read_text())


async def test_a_server_program_that_will_not_end_is_ended_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands, "GRACE_SECONDS", 0.2)
    source = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "print(child.pid, flush=True); time.sleep(60)"
    )
    async with commands.serving(python(source), {}, line_limit=LIMIT) as served:
        line = await anext(aiter(served.lines()))
        mine = [psutil.Process(served.program.pid), psutil.Process(int(line))]
    _, alive = psutil.wait_procs(mine, timeout=0.3)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


async def test_a_server_program_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandMissing, match="no-such-program cannot be started here"):
        async with commands.serving(("no-such-program",), {}, line_limit=LIMIT):
            pass
