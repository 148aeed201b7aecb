"""Whose pages may speak to us."""

import pytest

from aurora_rt.errors import Misconfigured
from aurora_rt.web.origin import canonical, origin_allowed

OWN = "http://aurora.example:5080"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("http://aurora.example:5080", True),
        ("HTTP://Aurora.Example:5080", True),
        ("https://ui.example", True),
        ("https://ui.example:443", True),
        ("http://localhost:3000", True),
        ("https://public.example", True),
        ("http://ui.example", False),
        ("https://ui.example:8443", False),
        ("https://ui.example.evil.example", False),
        ("https://evil.example", False),
        ("http://aurora.example", False),
        ("http://localhost:3001", False),
        ("null", False),
        ("", False),
        ("file://", False),
        ("http://[::1", False),
        ("http://host:port", False),
        ("https://ui.example@evil.example", False),
    ],
)
def test_an_origin_passes_when_it_is_ours_or_listed(settings, origin, allowed):
    chosen = settings.model_copy(
        update={
            "frontend_urls": ("https://ui.example", "http://localhost:3000"),
            "public_url": "https://public.example/aurora",
        }
    )
    assert origin_allowed(origin, OWN, chosen) is allowed


def test_an_origin_is_spelled_as_browsers_do():
    assert canonical("https://Ui.Example:443/path?x") == "https://ui.example"
    assert canonical("http://[2001:DB8::1]:8080") == "http://[2001:db8::1]:8080"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_foreign_page_cannot_change_anything(make_trial, method):
    client = make_trial().app.test_client()
    foreign = await client.open("/thing", method=method, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await foreign.get_json())["code"] == "origin_not_allowed"
    assert "Access-Control-Allow-Origin" not in foreign.headers
    own = await client.open(
        "/thing",
        method=method,
        headers={"Host": "aurora.example:5080", "Origin": "http://aurora.example:5080"},
    )
    assert own.status_code == 200
    assert (await client.open("/thing", method=method)).status_code == 200


async def test_behind_tls_our_own_origin_is_the_one_that_the_browser_sees(make_trial):
    client = make_trial().app.test_client()
    headers = {"Host": "aurora.example", "Origin": "https://aurora.example"}
    assert (await client.post("/thing", headers=headers)).status_code == 403
    assert (await client.post("/thing", headers={**headers, "X-Forwarded-Proto": "https"})).status_code == 200


async def test_a_foreign_page_may_ask_but_its_browser_will_not_show_it_the_answer(make_trial):
    response = await make_trial().app.test_client().get("/thing", headers={"Origin": "https://evil.example"})
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]


async def test_pages_of_the_listed_origins_may_call_with_credentials(make_trial):
    listed = ("https://ui.example", "http://localhost:3000")
    client = make_trial(frontend_urls=listed, rate_limit=100).app.test_client()
    for origin in listed:
        for path, status in (("/thing", 200), ("/nowhere", 404), ("/raise/conflict", 409)):
            response = await client.get(path, headers={"Origin": origin})
            assert response.status_code == status
            assert response.headers["Access-Control-Allow-Origin"] == origin
            assert response.headers["Access-Control-Allow-Credentials"] == "true"
            assert (
                "X-RateLimit-Remaining".lower() in response.headers["Access-Control-Expose-Headers"].lower()
            )


async def test_a_preflight_names_the_methods_and_headers_of_the_contract(make_trial):
    client = make_trial(frontend_urls=("https://ui.example",)).app.test_client()
    asked = (
        "content-type, x-provider, x-requested-with, x-user-id, authorization, x-provider-preference, x-evil"
    )
    response = await client.options(
        "/thing",
        headers={
            "Origin": "https://ui.example",
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": asked,
        },
    )
    assert response.status_code == 200
    methods = {method.strip() for method in response.headers["Access-Control-Allow-Methods"].split(",")}
    assert methods == {"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
    named = {name.strip().lower() for name in response.headers["Access-Control-Allow-Headers"].split(",")}
    assert named == set(asked.split(", ")) - {"x-evil"}
    foreign = await client.options(
        "/thing", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    )
    assert "Access-Control-Allow-Origin" not in foreign.headers


@pytest.mark.parametrize("url", ["*", "ui.example", "null"])
def test_a_frontend_url_that_is_no_origin_is_refused_at_the_start(make_trial, url):
    with pytest.raises(Misconfigured, match="FRONTEND_URL"):
        make_trial(frontend_urls=(url,))
