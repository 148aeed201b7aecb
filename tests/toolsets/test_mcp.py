"""Servers of the Model Context Protocol are toolsets: real ones, over pipes and over HTTP."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import servers
from aiohttp import web
from aiohttp.test_utils import TestServer
from people import eventually

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import load
from aurora_rt.toolsets.checkup import Checked, Checkup
from aurora_rt.toolsets.guard import addresses
from aurora_rt.toolsets.mcp.schema import UnusableSchema, parameters_of
from aurora_rt.toolsets.registry import Known, known
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import ToolFailed

SETTINGS = load()
PROGRAM = Path(__file__).parents[1] / "mcp_server.py"
FILE = """
name: books
title: The library
description: Books of a library.
cost: low
mcp: {mcp}
{rest}
"""
OVER_PIPES = f"{{command: [{sys.executable}, {PROGRAM}], environment: {{MARK: '<${{HOME}}>'}}}}"

OLD = """
import json, sys
for line in sys.stdin:
    asked = json.loads(line)
    answers = {
        "initialize": {"protocolVersion": "2024-11-05", "capabilities": {"tools": {}},
                       "serverInfo": {"name": "old", "version": "1"}},
        "tools/list": {"tools": [{"name": "1st book", "inputSchema": {"type": "object"},
                                  "annotations": {"readOnlyHint": True}}]},
        "tools/call": {"content": [{"type": "image", "data": "AAAA", "mimeType": "image/png"},
                                   {"type": "text", "text": "a cover"}]},
    }
    if "id" in asked:
        told = {"result": answers[asked["method"]]} if asked["method"] in answers else {
            "error": {"code": -32601, "message": "Method not found"}}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **told}), flush=True)
"""
"""Speaks the first version of the protocol, as most servers do."""


def declared(folder: Path, mcp: str, rest: str = "read_only: true\ntimeout: 1.5") -> Known:
    (folder / "books.yaml").write_text(FILE.format(mcp=mcp, rest=rest))
    return known(SETTINGS.model_copy(update={"toolsets_dir": folder}))


@asynccontextmanager
async def kept(looks: Known) -> AsyncIterator[Known]:
    """The connections run, as they do in a server."""
    async with asyncio.TaskGroup() as running:
        tasks = [running.create_task(one.run()) for one in looks.connections]
        yield looks
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def over_pipes(folder: Path, rest: str = "read_only: true\ntimeout: 1.5") -> AsyncIterator[Known]:
    async with kept(await asyncio.to_thread(declared, folder, OVER_PIPES, rest)) as looks:
        yield looks


@asynccontextmanager
async def library(port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """The server over HTTP."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(port), stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield program
    finally:
        if program.returncode is None:
            program.kill()
        await program.wait()


async def checked(looks: Known, http: httpx.AsyncClient) -> Checked:
    checkup = Checkup(SETTINGS, http, looks.toolsets)
    await checkup.look()
    return next(one for one in checkup.report() if one.toolset.name == "books")


async def connected(looks: Known, http: httpx.AsyncClient) -> Checked:
    return await eventually(lambda: checked(looks, http), lambda one: one.status == "healthy")


async def test_a_program_offers_what_only_reads_and_each_answer_is_bounded_and_clean(
    tmp_path: Path, http: httpx.AsyncClient, tools: Callable[..., Toolbox]
) -> None:
    async with over_pipes(tmp_path) as looks:
        found = await connected(looks, http)
        assert found.message == "Connected. 7 of its 9 tools are offered."
        offered = {one.name: one for one in found.toolset.tools}
        assert not {"burn", "lend"} & offered.keys()
        look_up = offered["look_up"]
        assert look_up.description.startswith("In the words of the server books: The first pages")
        assert "\x1b" not in look_up.description
        assert look_up.parameters.model_json_schema()["required"] == ["title"]

        box = tools(looks.toolsets)
        looked = await box.look("books.look_up", title="Emma", pages=2)
        assert looked.error is None
        assert looked.output == "Emma: 2 pages, password=[redacted]"
        assert looked.command == 'books: look-up {"title": "Emma", "pages": 2}'
        assert "no tool books.burn" in ((await box.look("books.burn", title="Emma")).error or "")
        for given, says in (
            ({"title": 5}, "title: 5 is not of type 'string'"),
            ({"titel": "Emma"}, "'titel'"),
            ({}, "'title' is a required property"),
        ):
            assert says in ((await box.look("books.look_up", **given)).error or "")

        huge = await box.look("books.huge")
        assert huge.error is None
        assert len(huge.output) < 70_000
        broken = await box.look("books.broken")
        assert "The library answered with an error" in (broken.error or "")
        slow = await box.look("books.slow")
        assert "did not answer within" in (slow.error or "")
        assert (await box.look("books.look_up", title="Persuasion")).error is None


async def test_a_program_gets_a_clean_environment_ends_with_us_and_comes_back_when_it_dies(
    tmp_path: Path, http: httpx.AsyncClient, tools: Callable[..., Toolbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    monkeypatch.setenv("DATABASE_PASSWORD", "ours")
    async with over_pipes(tmp_path, "read_only: true\ntimeout: 10") as looks:
        await connected(looks, http)
        around = (await tools(looks.toolsets).look("books.surroundings")).output
        assert "MARK=</home/reader>" in around
        assert "DATABASE_PASSWORD" not in around
        died = await tools(looks.toolsets).look("books.die")
        assert "The library failed" in (died.error or "")
        # A look right after it waits for the connection.
        assert (await tools(looks.toolsets).look("books.look_up", title="Emma")).error is None
        too_huge = await tools(looks.toolsets).look("books.too_huge")
        assert too_huge.error is not None
        assert (await tools(looks.toolsets).look("books.look_up", title="Emma")).error is None
    assert not [path for path in await asyncio.to_thread(processes) if PROGRAM.name in path]


def processes() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_text())
        except OSError:
            continue
    return found


async def test_a_server_over_http_is_found_lost_and_found_again(
    tmp_path: Path, http: httpx.AsyncClient, tools: Callable[..., Toolbox]
) -> None:
    port = servers.free_port()
    url = f"{{url: 'http://127.0.0.1:{port}/mcp', headers: {{X-Reader: '${{HOME}}'}}}}"
    async with kept(await asyncio.to_thread(declared, tmp_path, url)) as looks:
        away = await checked(looks, http)
        assert away.status == "unhealthy"
        assert away.toolset.tools == ()
        box = tools(looks.toolsets)
        assert not box.has("books.look_up")
        assert box.unusable["books"] == away.message
        assert (await box.look("books.look_up", title="Emma")).error == away.message
        async with library(port):
            await connected(looks, http)
            box = tools(looks.toolsets)
            assert (await box.look("books.look_up", title="Emma", pages=1)).output.startswith("Emma: 1 pages")
            assert len((await box.look("books.huge")).output) < 70_000
            assert "shelf" not in ((await box.look("books.look_up", title="Emma")).error or "")
            assert "did not answer within" in ((await box.look("books.slow")).error or "")
            assert (await box.look("books.too_huge")).error is not None
        gone = await tools(looks.toolsets).look("books.look_up", title="Emma")
        assert gone.error is not None
        assert "The library" in gone.error
        async with library(port):
            await connected(looks, http)
            assert (await tools(looks.toolsets).look("books.look_up", title="Emma")).error is None


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (web.Response(status=401, text="who are you?"), "does not let us ask (HTTP 401)"),
        (web.Response(status=429), "asked too often"),
        (web.Response(status=500), "failed with HTTP 500"),
        (web.Response(status=404), "answers with an error: Not Found."),
        (web.Response(status=307, headers={"Location": "http://127.0.0.1:1/mcp"}), "not followed"),
        (web.Response(text="<html>hello</html>", content_type="text/html"), "text/html"),
        (web.json_response({"hello": "world"}), "not of the protocol"),
        (web.Response(body=b"[" * 9_000_000, content_type="application/json"), "larger than 8 MiB"),
    ],
)
async def test_what_answers_and_is_no_server_is_unhealthy_with_the_reason(
    answer: web.Response, says: str, tmp_path: Path, http: httpx.AsyncClient
) -> None:
    async def answered(_: web.Request) -> web.Response:
        return web.Response(status=answer.status, body=answer.body, headers={**answer.headers})

    app = web.Application()
    app.router.add_route("*", "/mcp", answered)
    async with TestServer(app) as server:
        url = f"{{url: '{server.make_url('/mcp')}'}}"
        async with kept(await asyncio.to_thread(declared, tmp_path, url)) as looks:
            found = await checked(looks, http)
    assert found.status == "unhealthy"
    assert says in found.message


async def test_the_list_offers_what_it_names_and_tells_what_is_not_there(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    async with over_pipes(tmp_path, "tools: [lend, borrow]") as looks:
        found = await connected(looks, http)
        assert [one.name for one in found.toolset.tools] == ["lend"]
        assert found.message == "Connected. 1 of its 9 tools are offered. It has no tool borrow."


async def test_a_server_of_the_first_version_of_the_protocol_is_understood(
    tmp_path: Path, http: httpx.AsyncClient, tools: Callable[..., Toolbox]
) -> None:
    (tmp_path / "old.py").write_text(OLD)
    mcp = f"{{command: [{sys.executable}, {tmp_path / 'old.py'}]}}"
    async with kept(await asyncio.to_thread(declared, tmp_path, mcp)) as looks:
        found = await connected(looks, http)
        assert [one.name for one in found.toolset.tools] == ["tool_1st_book"]
        looked = await tools(looks.toolsets).look("books.tool_1st_book")
        assert looked.output == "[image: image/png, 3 bytes]\na cover"


@pytest.mark.parametrize(
    ("mcp", "says"),
    [
        (
            "{command: [no-such-program]}",
            "no-such-program cannot be started here: No such file or directory.",
        ),
        (
            f"{{command: [{sys.executable}, -c, 'import sys; sys.exit(\"no licence\")']}}",
            "The program has ended; the last it said: no licence.",
        ),
        ("{command: [echo, hello]}", "The program prints what is not of the protocol."),
    ],
)
async def test_a_program_that_is_no_server_is_unhealthy_with_the_reason(
    mcp: str, says: str, tmp_path: Path, http: httpx.AsyncClient
) -> None:
    async with kept(await asyncio.to_thread(declared, tmp_path, mcp)) as looks:
        found = await checked(looks, http)
        assert (found.status, found.message) == ("unhealthy", says)


async def test_a_variable_that_is_not_set_is_named(tmp_path: Path, http: httpx.AsyncClient) -> None:
    mcp = "{url: 'http://localhost/mcp', headers: {Authorization: 'Bearer ${NO_SUCH_TOKEN}'}}"
    async with kept(await asyncio.to_thread(declared, tmp_path, mcp)) as looks:
        found = await checked(looks, http)
        assert found.status == "disabled"
        assert found.message == "The environment variable NO_SUCH_TOKEN, which it needs, is not set."


@pytest.mark.parametrize(
    ("mcp", "rest", "says"),
    [
        ("{command: [x]}", "", "no tool would be offered"),
        ("{command: [x], url: 'http://x/'}", "tools: [a]", "give either a command or a url"),
        ("{}", "tools: [a]", "give either a command or a url"),
        ("{url: 'ftp://x/'}", "tools: [a]", "must be an address such as"),
        ("{url: 'http://a:b@x/'}", "tools: [a]", "must not hold a password"),
        ("{url: 'http://169.254.169.254/mcp'}", "tools: [a]", "metadata"),
        ("{url: 'http://[fe80::1]/mcp'}", "tools: [a]", "metadata"),
        ("{url: 'http://[::ffff:169.254.169.254]/mcp'}", "tools: [a]", "metadata"),
        ("{command: [x, '--token=${TOKEN}']}", "tools: [a]", "environment and headers alone"),
        ("{url: 'http://x/', headers: {Authorization: 'Bearer abc12345'}}", "tools: [a]", "is a secret"),
        ("{command: [x], environment: {API_TOKEN: abc12345}}", "tools: [a]", "is a secret"),
        ("{command: [x], shell: true}", "tools: [a]", "mcp.shell: there is no such key"),
    ],
)
def test_a_bad_file_of_a_server_is_refused_at_start_up(
    mcp: str, rest: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured) as refused:
        declared(tmp_path, mcp, rest)
    assert says in refused.value.message
    assert "abc12345" not in refused.value.message


async def test_a_name_that_leads_to_a_metadata_address_is_not_asked() -> None:
    assert await addresses("localhost", None, private=True)
    with pytest.raises(ToolFailed, match="metadata"):
        await addresses("169.254.169.254", None, private=True)


@pytest.mark.parametrize(
    ("schema", "given", "valid"),
    [
        ({"properties": {"n": {"type": "integer", "maximum": 3}}}, {"n": 3}, True),
        ({"properties": {"n": {"type": "integer", "maximum": 3}}}, {"n": 4}, False),
        ({"properties": {"copy": {"type": "string"}}}, {"copy": "x"}, True),
        ({"properties": {"pattern": {"type": "string"}}, "required": ["pattern"]}, {}, False),
        ({"properties": {"a": {"type": "string", "pattern": "(a+)+$"}}}, {"a": "a" * 40 + "b"}, True),
        ({"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"enum": [1]}}}, {"a": 2}, False),
        ({"properties": {"a": {"$ref": "http://127.0.0.1:9/x"}}}, {"a": 2}, False),
        ({"additionalProperties": True}, {"any": [1, {"b": None}]}, True),
        ({}, {"any": 1}, False),
    ],
)
def test_a_call_is_validated_by_the_servers_own_schema(
    schema: dict[str, Any], given: dict[str, Any], valid: bool
) -> None:
    model = parameters_of(schema)
    if valid:
        assert model.model_validate(given).model_dump(mode="json") == given
    else:
        with pytest.raises(ValueError, match=r".+"):
            model.model_validate(given)


def test_a_schema_that_is_none_or_has_no_end_is_not_used() -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"items": deep}
    for bad in ({"properties": 5}, {"description": "x" * 40_000}, deep):
        with pytest.raises(UnusableSchema):
            parameters_of(bad)
