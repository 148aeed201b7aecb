"""One plain command line, run if it only reads and the organization lets it."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from aurora_rt.clock import now
from aurora_rt.settings import load
from aurora_rt.toolsets.commands import CommandDenied, run
from aurora_rt.toolsets.host import journal
from aurora_rt.toolsets.policy import NO_POLICY, UNREADABLE, Policy, Rule
from aurora_rt.toolsets.shared import SharedLooks
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Access, Health, Parameters, Seen, Tool, ToolFailed, Toolset, Window

Tools = Callable[..., Toolbox]

SETTINGS = load()
NO_DF = Policy((Rule(uuid4(), "deny", "df *", "Disks are not yours.", 100, True),))


async def test_a_command_is_run_and_shown_as_it_was_typed(tools: Tools) -> None:
    seen = await tools().look("commands.run", command="  df -h / ")
    assert (seen.command, seen.error) == ("df -h /", None)
    assert "Filesystem" in seen.output


async def test_quotes_are_understood(tools: Tools) -> None:
    seen = await tools().look("commands.run", command='date -u -d "2026-03-01 10:00" +%F')
    assert seen.output == "2026-03-01"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("rm -rf /", "The program 'rm' is not on the list of those that may be run."),
        ("kubectl delete pod x", "kubectl may not be run with these arguments"),
        ("df -h | sh", "A pipe is only for a shell, which is not used."),
        ("df 'x", "A quote is not closed."),
        ("FOO=1 df", "Variables cannot be set for a command."),
        ("   ", "There is no command."),
        ("df " + "x " * 300, "A command has 200 words at most."),
    ],
)
async def test_a_command_that_may_not_run_is_an_observation_with_the_reason(
    tools: Tools, typed: str, says: str
) -> None:
    seen = await tools().look("commands.run", command=typed)
    assert says in (seen.error or "")
    assert seen.output == ""


async def test_what_the_organization_denies_is_said_with_its_reason(tools: Tools) -> None:
    seen = await tools(policy=NO_DF).look("commands.run", command="df -h")
    assert seen.error == "The organization's rule “df *” denies it: Disks are not yours."
    assert (await tools(policy=NO_DF).look("commands.run", command="uptime")).error is None


async def test_nothing_runs_when_the_policy_cannot_be_read(tools: Tools) -> None:
    seen = await tools(policy=UNREADABLE).look("commands.run", command="df -h")
    assert seen.error == "The organization's command policy cannot be read, so nothing may be run."


async def test_a_command_that_fails_shows_what_it_complains_of(tools: Tools) -> None:
    seen = await tools().look("commands.run", command="ls /nowhere-at-all")
    assert seen.error is None
    assert "No such file" in seen.output
    assert seen.output.endswith("(exit status 2)")


async def test_a_command_that_says_nothing_is_said_to_say_nothing(tools: Tools) -> None:
    assert (await tools().look("commands.run", command="cat /dev/null")).error is not None
    seen = await tools().look("commands.run", command="grep nothing-like-this /etc/hostname")
    assert seen.output == "(exit status 1)"
    assert (await tools().look("commands.run", command="find / -maxdepth 0 -name x")).output == "(no output)"


async def test_a_program_that_is_not_here_is_said_to_be_missing(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    seen = await tools().look("commands.run", command="df -h")
    assert seen.error == "df cannot be started here: No such file or directory."


async def test_every_toolset_that_starts_programs_asks_the_policy(
    tools: Tools, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine" / "system.journal").touch()
    monkeypatch.setattr(journal, "DIRECTORIES", (tmp_path,))
    box = tools(policy=UNREADABLE, kubeconfig=str(tmp_path / "kubeconfig"))
    for tool, parameters in (("host.journal", {}), ("kubernetes.get", {"resource": "pods"})):
        seen = await box.look(tool, **parameters)
        assert "command policy cannot be read, so nothing may be run" in (seen.error or ""), tool


async def test_a_look_that_investigations_share_is_not_shown_to_whom_the_policy_denies_it(
    http: httpx.AsyncClient,
) -> None:
    async def disks(_: Parameters, access: Access) -> Seen:
        try:
            finished = await run(("df",), policy=access.policy, timeout=10, output_limit=10_000)
        except CommandDenied as refused:
            raise ToolFailed(refused.message) from refused
        return Seen("df", finished.stdout)

    async def health(*_: object) -> Health:
        return Health("healthy", "It looks.")

    async def number() -> int:
        return 1

    tool = Tool("disks", "Disks.", disks, fresh_for=60)
    toolsets = {"disk": Toolset("disk", "Disk", "Disks.", "low", (tool,), lambda _: None, health)}
    shared, window = SharedLooks(), Window(now(), now(), now())

    def box(policy: Policy) -> Toolbox:
        return Toolbox(toolsets, Access(SETTINGS, http, window, policy), number=number, shared=shared)

    first = await box(NO_POLICY).look("disk.disks")
    again = await box(Policy()).look("disk.disks")
    denied = await box(NO_DF).look("disk.disks")
    assert first.error is None
    assert again.executed_at == first.executed_at
    assert (denied.output, denied.error) == (
        "",
        "The organization's rule “df *” denies it: Disks are not yours.",
    )
    assert (await box(NO_POLICY).look("disk.disks")).executed_at == first.executed_at
