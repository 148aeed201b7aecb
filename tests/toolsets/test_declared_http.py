"""Toolsets that are declared in YAML and ask an HTTP server."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
import servers
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import load
from aurora_rt.toolsets.registry import Known, known
from aurora_rt.toolsets.toolbox import Toolbox

SETTINGS = load()
TOOLS = """
- name: changes
  description: What was changed.
  parameters:
    project: {type: string, description: The project.}
    limit: {type: integer, maximum: 200, required: false, description: At most.}
    text: {type: string, required: false, description: With this in it.}
    open: {type: boolean, default: false, description: Only open ones.}
  path: /projects/{project}/changes
  query: {since: "{window_start_iso}", until: "{window_end_unix}", limit: "{limit}", q: "{text}", open: "{open}"}
"""


def declared(folder: Path, url: str, **http: object) -> Known:
    content = {
        "name": "flags",
        "title": "Feature flags",
        "description": "Which features are on.",
        "cost": "low",
        "http": {"url": url, **http},
        "tools": yaml.safe_load(TOOLS),
    }
    (folder / "flags.yaml").write_text(yaml.safe_dump(content))
    return known(SETTINGS.model_copy(update={"toolsets_dir": folder}))


async def answered(request: web.Request) -> web.Response:
    match request.match_info["project"]:
        case "broken":
            return web.Response(status=500)
        case "elsewhere":
            raise web.HTTPFound("http://127.0.0.1:1/")
    asked = " ".join(f"{name}={value}" for name, value in sorted(request.query.items()))
    return web.Response(text=f"{request.raw_path} {asked} {request.headers.get('X-Key', '-')}")


async def healthy(_: web.Request) -> web.Response:
    return web.Response()


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """The base address of a server of feature flags."""
    app = web.Application()
    app.router.add_get("/api/projects/{project}/changes", answered)
    app.router.add_get("/api/health", healthy)
    async with TestServer(app) as server:
        yield str(server.make_url("/api"))


async def test_a_get_is_made_of_a_template_and_what_is_not_given_is_left_out(
    url: str, tmp_path: Path, tools: Callable[..., Toolbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLAGS_KEY", "k-1")
    looks = await asyncio.to_thread(lambda: declared(tmp_path, url, headers={"X-Key": "${FLAGS_KEY}"}))
    box = tools(looks.toolsets)
    looked = await box.look("flags.changes", project="web shop", limit=5, open=True)
    assert looked.error is None
    assert "/api/projects/web%20shop/changes" in looked.output
    assert " limit=5 open=true since=20" in looked.output
    assert re.search(r"since=20\S+Z until=\d{10} ", looked.output)
    assert "q=" not in looked.output
    assert looked.output.endswith(" k-1")
    assert looked.command.startswith(f"curl '{url}/projects/web%20shop/changes?")
    assert "k-1" not in looked.command
    assert "q=-x&y=1 since" in (await box.look("flags.changes", project="a", text="-x&y=1")).output


async def test_a_value_never_leads_to_another_path(
    url: str, tmp_path: Path, tools: Callable[..., Toolbox]
) -> None:
    box = tools((await asyncio.to_thread(declared, tmp_path, url)).toolsets)
    assert "/projects/a%2Fb%3Fc/changes" in (await box.look("flags.changes", project="a/b?c")).output
    assert "lead elsewhere" in ((await box.look("flags.changes", project="..")).error or "")


async def test_each_failure_is_a_sentence(
    url: str, tmp_path: Path, http: httpx.AsyncClient, tools: Callable[..., Toolbox]
) -> None:
    looks = await asyncio.to_thread(lambda: declared(tmp_path, url, health="/health"))
    box = tools(looks.toolsets)
    assert "HTTP 500" in ((await box.look("flags.changes", project="broken")).error or "")
    assert "redirects to another address" in (
        (await box.look("flags.changes", project="elsewhere")).error or ""
    )
    assert "cannot be called so" in ((await box.look("flags.changes", project="a", limit=900)).error or "")
    assert (await looks.toolsets["flags"].health(SETTINGS, http)).status == "healthy"
    nobody = f"http://127.0.0.1:{servers.free_port()}"
    away = (await asyncio.to_thread(declared, tmp_path, nobody)).toolsets
    assert "cannot be reached" in ((await tools(away).look("flags.changes", project="a")).error or "")
    assert (await away["flags"].health(SETTINGS, http)).status == "unhealthy"


async def test_a_variable_that_is_not_set_is_named(tmp_path: Path, tools: Callable[..., Toolbox]) -> None:
    looks = await asyncio.to_thread(
        lambda: declared(tmp_path, "http://localhost", headers={"Authorization": "Bearer ${NO_SUCH_TOKEN}"})
    )
    assert "NO_SUCH_TOKEN" in tools(looks.toolsets).unusable["flags"]


@pytest.mark.parametrize(
    ("url", "http", "says"),
    [
        ("http://169.254.169.254/latest", {}, "metadata"),
        ("http://a:b@localhost/", {}, "must not hold a password"),
        ("flags", {}, "must be an address such as"),
        ("http://localhost/", {"headers": {"Authorization": "Bearer abc12345"}}, "is a secret"),
        ("http://localhost/", {"method": "POST"}, "http.method: there is no such key"),
    ],
)
def test_a_bad_file_is_refused_at_start_up(
    url: str, http: dict[str, object], says: str, tmp_path: Path
) -> None:
    with pytest.raises(Misconfigured, match=r"flags\.yaml") as refused:
        declared(tmp_path, url, **http)
    assert says in refused.value.message
    assert "abc12345" not in refused.value.message
