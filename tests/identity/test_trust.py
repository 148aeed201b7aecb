"""When X-User-ID is believed, in every combination."""

import pytest
from pydantic import SecretStr

from aurora_rt.identity.asking import resolve
from aurora_rt.identity.trust import trusted_user_id
from aurora_rt.web.visitor import Visitor

SECRET = "a long secret"
LOCAL = {"host": "localhost:5080"}


def visitor(headers, peer="127.0.0.1"):
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Visitor.of({"type": "websocket", "headers": raw, "client": (peer, 1), "scheme": "ws"})


def settings_of(settings, mode, host="127.0.0.1", secret=SECRET):
    return settings.model_copy(
        update={
            "trust_user_header": mode,
            "host": host,
            "internal_secret": None if secret is None else SecretStr(secret),
        }
    )


@pytest.mark.parametrize(
    ("mode", "host", "peer", "headers", "believed"),
    [
        ("loopback", "127.0.0.1", "127.0.0.1", LOCAL, True),
        ("loopback", "localhost", "127.0.0.1", LOCAL, True),
        ("loopback", "::1", "::1", {"host": "[::1]:5080"}, True),
        ("loopback", "0.0.0.0", "127.0.0.1", LOCAL, False),
        ("loopback", "::", "::1", LOCAL, False),
        ("loopback", "192.168.1.5", "127.0.0.1", LOCAL, False),
        ("loopback", "127.0.0.1", "192.168.1.9", LOCAL, False),
        ("loopback", "127.0.0.1", "127.0.0.1", {"host": "rebound.example:5080"}, False),
        ("loopback", "127.0.0.1", "127.0.0.1", {**LOCAL, "x-forwarded-for": "127.0.0.1"}, False),
        ("loopback", "127.0.0.1", "127.0.0.1", {**LOCAL, "x-forwarded-proto": "https"}, False),
        ("loopback", "127.0.0.1", "127.0.0.1", {**LOCAL, "forwarded": "for=x"}, False),
        ("loopback", "127.0.0.1", "127.0.0.1", {**LOCAL, "x-real-ip": "127.0.0.1"}, False),
        ("loopback", "127.0.0.1", "127.0.0.1", {**LOCAL, "via": "1.1 nginx"}, False),
        ("loopback", "0.0.0.0", "10.0.0.2", {"x-internal-secret": SECRET}, False),
        ("proxy", "0.0.0.0", "10.0.0.2", {"x-internal-secret": SECRET}, True),
        ("proxy", "0.0.0.0", "10.0.0.2", {"x-internal-secret": SECRET, "x-forwarded-for": "1.2.3.4"}, True),
        ("proxy", "0.0.0.0", "10.0.0.2", {"x-internal-secret": SECRET + " "}, False),
        ("proxy", "0.0.0.0", "10.0.0.2", {"x-internal-secret": "ü"}, False),
        ("proxy", "0.0.0.0", "10.0.0.2", {"x-internal-secret": ""}, False),
        ("proxy", "127.0.0.1", "127.0.0.1", LOCAL, False),
        ("never", "127.0.0.1", "127.0.0.1", {**LOCAL, "x-internal-secret": SECRET}, False),
    ],
)
def test_the_header_is_believed_only_from_whom_the_settings_name(
    settings, mode, host, peer, headers, believed
):
    asked = visitor({**headers, "x-user-id": "user_1"}, peer)
    chosen = settings_of(settings, mode, host)
    assert trusted_user_id(chosen, asked) == ("user_1" if believed else None)


@pytest.mark.parametrize("secret", [None, ""])
def test_a_proxy_cannot_prove_itself_with_a_secret_that_was_never_set(settings, secret):
    asked = visitor({"x-user-id": "user_1", "x-internal-secret": ""})
    assert trusted_user_id(settings_of(settings, "proxy", secret=secret), asked) is None


@pytest.mark.parametrize("claimed", ["", "x" * 101])
def test_an_id_that_cannot_be_one_is_not_looked_up(settings, claimed):
    assert trusted_user_id(settings, visitor({**LOCAL, "x-user-id": claimed})) is None


async def test_the_documents_example_works_on_a_developers_machine(office):
    _, user_id = await office.member()
    options = {"scope_base": {"client": ("127.0.0.1", 5)}}
    headers = {"X-User-ID": user_id, "Host": "localhost:5080"}
    response = await office.browser().get("/api/auth/me", headers=headers, **options)
    assert (await response.get_json())["id"] == user_id
    unknown = await office.browser().get(
        "/api/auth/me", headers={**headers, "X-User-ID": "user_x"}, **options
    )
    assert (unknown.status_code, (await unknown.get_json())["code"]) == (401, "unauthenticated")


async def test_on_a_network_the_header_is_refused_with_a_hint(make_office):
    office = make_office(host="0.0.0.0")
    _, user_id = await office.member()
    response = await office.browser().get(
        "/api/auth/me", headers={"X-User-ID": user_id}, scope_base={"client": ("192.0.2.1", 5)}
    )
    body = await response.get_json()
    assert (response.status_code, body["code"]) == (401, "user_header_not_trusted")
    assert "AURORA_TRUST_USER_HEADER" in body["error"]


async def test_the_cookie_wins_over_the_header_and_a_dead_cookie_leaves_the_header(
    office, settings, database
):
    browser, ann = await office.member("ann@example.org")
    _, bob = await office.member("bob@example.org")
    (cookie,) = browser.cookie_jar
    both = visitor({**LOCAL, "x-user-id": bob, "cookie": f"{cookie.name}={cookie.value}"})
    caller = await resolve(database, settings, both)
    assert caller is not None
    assert caller.user_id == ann
    dead = visitor({**LOCAL, "x-user-id": bob, "cookie": f"{cookie.name}=dead"})
    caller = await resolve(database, settings, dead)
    assert caller is not None
    assert caller.user_id == bob
    assert await resolve(database, settings, visitor(LOCAL)) is None


async def test_a_foreign_page_cannot_sign_anybody_out_or_in(office):
    browser, _ = await office.member()
    headers = {"Origin": "https://evil.example"}
    for path, body in (("logout", {}), ("login", {"email": "ann@example.org", "password": "correct horse"})):
        status, answer = await office.post(browser, path, body, headers=headers)
        assert (status, answer["code"]) == (403, "origin_not_allowed")
    assert (await browser.get("/api/auth/me")).status_code == 200


async def test_a_member_is_counted_by_who_they_are_and_a_stranger_by_address(make_office):
    office = make_office(rate_limit=5)
    browser, user_id = await office.member()
    peer = {"scope_base": {"client": ("127.0.0.1", 5)}}
    by_cookie = await browser.get("/api/auth/me", **peer)
    headers = {"X-User-ID": user_id, "Host": "localhost"}
    by_header = await office.browser().get("/api/auth/me", headers=headers, **peer)
    stranger = await office.browser().get("/api/auth/me", scope_base={"client": ("192.0.2.9", 5)})
    remaining = [answer.headers["X-RateLimit-Remaining"] for answer in (by_cookie, by_header, stranger)]
    assert remaining == ["4", "3", "4"]


async def test_with_the_database_away_a_member_is_told_to_try_again(office, database):
    browser, _ = await office.member()
    await database.pool.close()
    response = await browser.get("/api/auth/me")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert (await response.get_json())["code"] == "unavailable"
