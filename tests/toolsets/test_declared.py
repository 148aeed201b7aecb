"""Toolsets that are declared in YAML: how they look, what they refuse, and what is said of a bad file."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings, load
from aurora_rt.toolsets.declared import commands
from aurora_rt.toolsets.declared.shape import CommandsFile
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.registry import discover, known
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Toolset

SETTINGS = load()
HEAD = {"name": "mine", "title": "Mine", "description": "What I look at.", "cost": "low"}
FOLDER: dict[str, Any] = {"type": "string", "description": "A folder."}


def tool(*command: object, **rest: object) -> dict[str, object]:
    return {"name": "look", "description": "Looks.", "command": list(command), **rest}


def declared(*tools: dict[str, object], **rest: object) -> dict[str, object]:
    return {**HEAD, "tools": list(tools), **rest}


async def made(*tools: dict[str, object], **rest: object) -> dict[str, Toolset]:
    file = CommandsFile.model_validate(declared(*tools, **rest))
    return {"mine": await asyncio.to_thread(commands.toolset_of, file)}


def written(folder: Path, content: object, name: str = "mine.yaml") -> Settings:
    text = content if isinstance(content, str) else yaml.safe_dump(content)
    (folder / name).write_text(text)
    return SETTINGS.model_copy(update={"toolsets_dir": folder})


async def test_a_file_in_the_users_folder_is_a_toolset_like_any_other(
    tmp_path: Path, tools: Callable[..., Toolbox]
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "a file").write_text("text")
    settings = written(
        tmp_path,
        declared(tool("ls", "-l", "{folder}", parameters={"folder": FOLDER | {"default": str(tmp_path)}})),
    )
    toolsets = (await asyncio.to_thread(known, settings)).toolsets
    assert set(toolsets) == {*discover(), "mine"}
    looked = await tools(toolsets).look("mine.look", folder=str(tmp_path / "here"))
    assert looked.error is None
    assert "a file" in looked.output
    assert looked.command == f"ls -l {tmp_path / 'here'}"
    assert "mine.yaml" in (await tools(toolsets).look("mine.look")).output


async def test_the_shipped_sockets_show_a_server_that_listens_here(tools: Callable[..., Toolbox]) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        box = tools()
        looked = await box.look("sockets.listening")
        assert f"127.0.0.1:{port}" in looked.output
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.read()
        here = await box.look("sockets.connections", state="close-wait", port=port)
        assert here.error is None
        assert f":{port}" in here.output
        assert "sport" in here.command
        writer.close()
    for name in ("summary", "interfaces", "routes"):
        assert (await box.look(f"sockets.{name}")).error is None, name


@pytest.mark.parametrize("given", [{"port": 0}, {"port": "x"}, {"state": "listen"}, {"prot": 1}])
async def test_what_a_parameter_cannot_be_is_refused_before_anything_runs(
    given: dict[str, object], tools: Callable[..., Toolbox]
) -> None:
    looked = await tools().look("sockets.connections", **given)
    assert "cannot be called so" in (looked.error or "")


@pytest.mark.parametrize("value", ["-R", "--color=always", "-"])
async def test_a_value_never_becomes_a_flag(value: str, tools: Callable[..., Toolbox]) -> None:
    box = tools(await made(tool("ls", "{folder}", parameters={"folder": FOLDER})))
    looked = await box.look("mine.look", folder=value)
    assert "read as an option" in (looked.error or "")


async def test_a_value_never_becomes_more_than_one_word_and_no_shell_reads_it(
    tmp_path: Path, tools: Callable[..., Toolbox]
) -> None:
    box = tools(await made(tool("ls", "-d", "{folder}", parameters={"folder": FOLDER}, succeeds_with=[0, 2])))
    odd = tmp_path / "a b; $(touch never) *"
    odd.mkdir()
    assert (await box.look("mine.look", folder=str(odd))).output.strip() == str(odd)
    assert "one line" in ((await box.look("mine.look", folder="a\nb")).error or "")


async def test_words_that_depend_on_a_parameter_are_left_out_without_it(
    tmp_path: Path, tools: Callable[..., Toolbox]
) -> None:
    box = tools(
        await made(
            tool(
                "ls",
                {"when": "hidden", "words": ["-A"]},
                {"when": "order", "words": ["--sort={order}"]},
                "{folder}",
                parameters={
                    "folder": FOLDER,
                    "hidden": {"type": "boolean", "default": False, "description": "Hidden ones, too."},
                    "order": FOLDER | {"required": False, "pattern": "time|size", "example": "time"},
                },
            )
        )
    )
    commands_run = [
        (await box.look("mine.look", folder="/", **more)).command
        for more in ({}, {"hidden": True}, {"order": "time"}, {"hidden": True, "order": "size"})
    ]
    assert commands_run == ["ls /", "ls -A /", "ls --sort=time /", "ls -A --sort=size /"]
    assert "pattern" in ((await box.look("mine.look", folder="/", order="timer")).error or "")


async def test_lines_of_a_log_are_facts(tmp_path: Path, tools: Callable[..., Toolbox]) -> None:
    line = "2026-01-31T12:00:00Z [web] ERROR: connection refused"
    said = tool(
        "find", "{folder}", "-maxdepth", "0", "-printf", line, parameters={"folder": FOLDER}, facts="lines"
    )
    looked = await tools(await made(said)).look("mine.look", folder=str(tmp_path))
    assert isinstance(looked.facts, LogLines)
    assert (looked.facts.lines[0].source, looked.facts.lines[0].priority) == ("web", "error")


async def test_an_exit_status_and_an_empty_output_are_sentences(tools: Callable[..., Toolbox]) -> None:
    box = tools(
        await made(
            tool("ls", "{folder}", parameters={"folder": FOLDER}),
            {
                **tool("find", "/", "-maxdepth", "0", "-name", "no such"),
                "name": "none",
                "empty": "None is there.",
            },
        )
    )
    looked = await box.look("mine.look", folder="/nowhere")
    assert "exit status 2" in (looked.error or "")
    assert "/nowhere" in (looked.error or "")
    assert (await box.look("mine.none")).output == "None is there."


async def test_a_toolset_whose_program_is_not_there_says_so(http: httpx.AsyncClient) -> None:
    lacks = (await made(tool("ls"), needs={"programs": ["no-such-program"]}))["mine"]
    assert lacks.unusable(SETTINGS) == "The program no-such-program is not installed here."
    assert (await lacks.health(SETTINGS, http)).status == "unhealthy"
    assert (await discover()["sockets"].health(SETTINGS, http)).status == "healthy"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name: [", "line 1"),
        ("name: mine\nname: mine\n", "line 2, column 1: 'name' is there twice"),
        ("- a list", "must hold a mapping"),
        (declared(tool("ls"), colour="red"), "colour: there is no such key; there are: name, title"),
        (declared(tool("ls", tiemout=3)), "tools.0.tiemout: there is no such key"),
        (declared(tool("head", "-n", 5)), "tools.0.command.2"),
        (declared(tool("rm", "-r", "/tmp/x")), "'rm' is not on the list"),
        (declared(tool("systemctl", "restart", "nginx")), "systemctl may not be run with these arguments"),
        (declared(tool("ls", "{folder}")), "'folder', which is not declared"),
        (
            declared(tool("ls", parameters={"folder": FOLDER})),
            "the parameter 'folder' is declared and not used",
        ),
        (
            declared(tool("{folder}", parameters={"folder": FOLDER})),
            "the first word of a command is its program",
        ),
        (declared(tool("ls", "{x}", parameters={"x": FOLDER | {"required": False}})), "'x' may be missing"),
        (declared(tool("ls", "{x}", parameters={"x": FOLDER | {"pattern": "("}})), "the pattern cannot be"),
        (declared(tool("ls", "{x}", parameters={"x": FOLDER | {"pattern": "zz[0-9]"}})), "give an example"),
        (declared(tool("ls", "{x}", parameters={"x": FOLDER | {"default": "-R"}})), "read as an option"),
        (declared(tool("ls", "{x}", parameters={"x": {**FOLDER, "type": "choice"}})), "needs some"),
        (declared(tool("ls", "{json}", parameters={"json": FOLDER})), "may not be called 'json'"),
        (declared(tool("ls", "{window_start}", fresh_for=5)), "cannot be fresh for another incident"),
        (declared(tool("ls"), tool("ls")), "two tools 'look'"),
        ({**declared(tool("ls")), "name": "host"}, "there is a toolset 'host' already"),
        ({**declared(tool("ls")), "name": "My Tools"}, "name: "),
    ],
)
def test_a_bad_file_is_refused_at_start_up_with_its_name_the_place_and_what_is_wrong(
    content: object, says: str, tmp_path: Path
) -> None:
    settings = written(tmp_path, content)
    with pytest.raises(Misconfigured) as refused:
        known(settings)
    assert str(tmp_path / "mine.yaml") in refused.value.message
    assert says in refused.value.message


def test_all_bad_files_are_told_at_once_and_a_folder_that_is_none_too(tmp_path: Path) -> None:
    written(tmp_path, "[", "one.yaml")
    settings = written(tmp_path, "[", "two.yml")
    with pytest.raises(Misconfigured, match=r"one\.yaml(?s:.*)two\.yml"):
        known(settings)
    with pytest.raises(Misconfigured, match=r"AURORA_TOOLSETS: .* is not a folder"):
        known(load(toolsets_dir=tmp_path / "no"))


def test_what_a_file_may_hold_is_a_json_schema() -> None:
    assert "additionalProperties" in json.dumps(CommandsFile.model_json_schema())
