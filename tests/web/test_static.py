"""The user interface is served whole, and nothing but it."""

import base64
import hashlib

import pytest
from quart import Quart

from aurora_rt.errors import Misconfigured
from aurora_rt.web import static

PAGE = """<!doctype html>
<script type="importmap">
{"imports": {"preact": "/vendor/preact@10/preact.js"}}
</script>
<main></main>
"""
VENDORED = "vendor/preact@10/preact.js"


@pytest.fixture
def site(tmp_path):
    """A small user interface, with a secret beside it and a hidden file in it."""
    root = tmp_path / "static"
    contents = {
        "index.html": PAGE,
        "app/main.js": "export const a = 1\n",
        "app/lib/time.js": "export const b = 2\n",
        "css/base.css": "main { color: red }",
        VENDORED: "export const h = 3\n",
        "favicon.svg": "<svg/>",
        "app/.env": "secret",
    }
    for name, text in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "secret.txt").write_text("secret")
    return static.load(root)


@pytest.fixture
def client(make_trial, site):
    trial = make_trial(import_map_hash=site.import_map_hash, rate_limit=2)
    trial.app.register_blueprint(static.routes(site))
    return trial.app.test_client()


@pytest.mark.parametrize(
    ("path", "media_type", "text"),
    [
        ("/app/main.js", "text/javascript; charset=utf-8", "export const a = 1\n"),
        ("/app/lib/time.js", "text/javascript; charset=utf-8", "export const b = 2\n"),
        ("/css/base.css", "text/css; charset=utf-8", "main { color: red }"),
        ("/favicon.svg", "image/svg+xml", "<svg/>"),
        ("/", "text/html; charset=utf-8", PAGE),
        ("/incidents/0190-abc", "text/html; charset=utf-8", PAGE),
    ],
)
async def test_files_are_served_with_their_type_and_pages_of_the_app_as_the_page(
    client, path, media_type, text
):
    response = await client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, media_type)
    assert await response.get_data(as_text=True) == text
    assert (await client.head(path)).status_code == 200


async def test_a_browser_that_has_a_file_gets_it_only_when_it_changed(client):
    first = await client.get("/app/main.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = await client.get("/app/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, await again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (await client.get("/app/main.js", headers={"If-None-Match": '"other"'})).status_code == 200
    assert "immutable" in (await client.get(f"/{VENDORED}")).headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/app/../../secret.txt", "/app/%2e%2e/%2e%2e/secret.txt", "/app/..%2f..%2fsecret.txt", "/app//etc/passwd",
        "/app/.env", "/app/", "/app", "/app/none.js", "/app/main.js/", "/index.html/x", "/secret.txt",
        "/vendor/..%5c..%5csecret.txt", "/app/main.js%00",
    ],
)  # fmt: skip
async def test_nothing_outside_the_folder_can_be_asked_for(client, path):
    response = await client.get(path)
    assert response.status_code == 404 or "Location" in response.headers
    assert b"secret" not in await response.get_data()


async def test_loading_the_page_costs_no_calls_and_unknown_calls_stay_what_they_are(client):
    for _ in range(5):
        assert (await client.get("/app/main.js")).status_code == 200
    assert (await client.post("/api/nothing")).status_code == 404


def test_the_policy_allows_exactly_the_import_map_of_the_page(site):
    inner = PAGE.partition('importmap">')[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
    assert site.import_map_hash == f"sha256-{digest}"
    assert static.import_map_hash(PAGE.replace("\n", "\r\n")) == site.import_map_hash
    assert static.import_map_hash("<main></main>") is None


def test_a_missing_user_interface_is_said_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr(static, "files", lambda _: tmp_path / "aurora_rt")
    with pytest.raises(Misconfigured, match="user interface"):
        static.folder()


async def test_the_app_can_hold_the_files_of_any_interface(site):
    app = Quart("plain", static_folder=None)
    app.register_blueprint(static.routes(site))
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    assert {"/", "/incidents/<path:page>", "/app/<path:rest>", "/css/<path:rest>", "/favicon.svg"} <= rules
