"""Signing in, staying signed in, signing out."""

import asyncio
import json
from datetime import timedelta

import pytest
from people import eventually
from structlog.testing import capture_logs

from aurora_rt.clock import now
from aurora_rt.errors import Unauthenticated
from aurora_rt.identity import emails, login, sessions
from aurora_rt.identity.asking import COOKIE
from aurora_rt.identity.models import Browser

PASSWORD = "correct horse"
TRUE = {"email": "ann@example.org", "password": PASSWORD}
WRONG = {**TRUE, "password": "wrong horse"}


def cookie_of(response):
    name, _, rest = response.headers["Set-Cookie"].partition("=")
    value, *attributes = rest.split("; ")
    return name, value, {part.partition("=")[0].lower(): part.partition("=")[2] for part in attributes}


async def test_a_member_signs_in_from_another_browser(office):
    _, user_id = await office.member()
    browser = office.browser()
    status, account = await office.post(browser, "login", {**TRUE, "email": "ANN@Example.org"})
    assert (status, account) == (200, {"id": user_id, "email": "ann@example.org", "name": "Ann"})
    assert (await (await browser.get("/api/auth/me")).get_json())["id"] == user_id


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(office, database):
    await office.member()
    response = await office.browser().post("/api/auth/login", json=TRUE)
    name, token, attributes = cookie_of(response)
    assert name == COOKIE
    assert len(token) == 43
    assert {"httponly", "path", "samesite"} <= set(attributes)
    assert (attributes["samesite"], attributes["path"], attributes["max-age"]) == (
        "Lax",
        "/",
        str(30 * 86400),
    )
    assert "secure" not in attributes
    async with database.connection() as connection:
        hashes = {
            row["token_hash"] for row in await connection.fetch("SELECT token_hash FROM login_sessions")
        }
    assert sessions.token_hash(token) in hashes
    assert token.encode() not in hashes


@pytest.mark.parametrize(
    ("changed", "headers"),
    [({}, {"X-Forwarded-Proto": "https"}), ({"public_url": "https://aurora.example"}, {})],
)
async def test_behind_tls_the_cookie_never_travels_without(make_office, changed, headers):
    office = make_office(**changed)
    await office.member()
    response = await office.browser().post("/api/auth/login", json=TRUE, headers=headers)
    assert "secure" in cookie_of(response)[2]


async def test_a_wrong_password_and_an_unknown_email_look_alike_and_are_logged_without_the_email(office):
    await office.member()
    with capture_logs() as logs:
        wrong = await office.post(office.browser(), "login", WRONG)
        unknown = await office.post(office.browser(), "login", {**TRUE, "email": "eve@example.org"})
    assert wrong == unknown
    assert (wrong[0], wrong[1]["code"]) == (401, "invalid_credentials")
    failed = [record for record in logs if record["event"] == "login_failed"]
    assert [record["reason"] for record in failed] == ["wrong_password", "unknown_email"]
    assert failed[0]["email_hash"] == emails.fingerprint("Ann@example.org")
    assert "@example.org" not in str(logs)
    assert PASSWORD not in str(logs)
    assert "wrong horse" not in str(logs)


@pytest.mark.parametrize(
    "body", [{}, {"email": "ann@example.org"}, {"password": "x"}, [], None, {"email": 1, "password": []}]
)
async def test_half_a_login_is_a_clear_mistake(office, body):
    response = await office.browser().post(
        "/api/auth/login", data=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 400
    assert (await response.get_json())["code"] == "invalid_request"


async def test_guessing_at_one_account_is_slowed_down_from_everywhere_also_all_at_once(office):
    await office.member()
    guesses = [
        office.post(office.browser(), "login", WRONG, scope_base={"client": (f"192.0.2.{number}", 1)})
        for number in range(15)
    ]
    statuses = sorted(status for status, _ in await asyncio.gather(*guesses))
    assert statuses == [401] * 10 + [429] * 5
    status, body = await office.post(office.browser(), "login", TRUE)
    assert (status, body["code"]) == (429, "rate_limited")


async def test_guessing_at_many_accounts_from_one_address_is_slowed_down(office):
    peer = {"client": ("192.0.2.1", 1)}
    statuses = [
        (
            await office.post(
                office.browser(), "login", {**TRUE, "email": f"u{n}@example.org"}, scope_base=peer
            )
        )[0]
        for n in range(62)
    ]
    assert statuses == [401] * 60 + [429] * 2


async def test_a_right_password_is_not_counted_against_anybody(office):
    await office.member()
    for _ in range(15):
        assert (await office.post(office.browser(), "login", TRUE))[0] == 200


async def test_signing_out_ends_the_session_itself_not_only_the_cookie(office):
    browser, _ = await office.member()
    other, _ = office.browser(), await office.post(office.browser(), "login", TRUE)
    (cookie,) = browser.cookie_jar
    stolen = {"Cookie": f"{COOKIE}={cookie.value}"}
    assert (await other.get("/api/auth/me", headers=stolen)).status_code == 200
    response = await browser.post("/api/auth/logout")
    assert (response.status_code, await response.get_json()) == (200, {"message": "Signed out"})
    assert (await browser.get("/api/auth/me")).status_code == 401
    assert (await office.browser().get("/api/auth/me", headers=stolen)).status_code == 401
    assert (await office.browser().post("/api/auth/logout")).status_code == 200


async def test_a_session_ends_by_itself_and_is_forgotten(office, database):
    browser, _ = await office.member()
    async with database.connection() as connection:
        await connection.execute("UPDATE login_sessions SET expires_at = now()")
    response = await browser.get("/api/auth/me")
    assert (response.status_code, (await response.get_json())["code"]) == (401, "unauthenticated")
    await office.post(office.browser(), "login", TRUE)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM login_sessions") == 1


async def test_when_a_browser_was_last_seen_is_kept_to_the_minute(office, database):
    browser, _ = await office.member()
    async with database.connection() as connection:
        fresh = await connection.fetchval("SELECT last_seen_at FROM login_sessions")
        await browser.get("/api/auth/me")
        assert await connection.fetchval("SELECT last_seen_at FROM login_sessions") == fresh
        old = now() - timedelta(minutes=5)
        await connection.execute("UPDATE login_sessions SET last_seen_at = $1", old)
        await browser.get("/api/auth/me")
        assert await connection.fetchval("SELECT last_seen_at FROM login_sessions") > old + timedelta(
            minutes=4
        )


async def test_a_browser_is_remembered_by_address_and_agent(office, database):
    await office.member()
    await office.post(
        office.browser(),
        "login",
        TRUE,
        headers={"User-Agent": "x" * 999},
        scope_base={"client": ("192.0.2.5", 1)},
    )
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM login_sessions WHERE address = '192.0.2.5'")
    assert row is not None
    assert row["agent"] == "x" * 300


@pytest.mark.parametrize(
    "cookie", ["", "x", "x" * 5000, "\udcff".encode("utf-8", "surrogatepass").decode("latin-1")]
)
async def test_a_made_up_session_is_nobody(office, cookie):
    response = await office.browser().get("/api/auth/me", headers={"Cookie": f"{COOKIE}={cookie}"})
    assert response.status_code == 401


async def test_changing_the_password_signs_out_every_other_browser(office):
    browser, _ = await office.member()
    other = office.browser()
    await office.post(other, "login", TRUE)
    change = {"currentPassword": PASSWORD, "newPassword": "battery staple"}
    status, body = await office.post(browser, "change-password", change)
    assert (status, body) == (200, {"message": "Password changed successfully"})
    assert (await browser.get("/api/auth/me")).status_code == 200
    assert (await other.get("/api/auth/me")).status_code == 401
    assert (await office.post(other, "login", TRUE))[0] == 401
    assert (await office.post(other, "login", {**TRUE, "password": "battery staple"}))[0] == 200


async def test_a_login_with_the_old_password_while_it_is_being_changed_leaves_no_session(office, database):
    await office.member()
    proven = await login.login(office.desk, TRUE["email"], PASSWORD, "192.0.2.1")
    before = await _sessions(database)
    async with database.connection() as changing, asyncio.TaskGroup() as at_once:
        async with changing.transaction():
            await changing.execute("UPDATE users SET password_hash = 'another'")
            late = at_once.create_task(_refused(office, proven))
            await eventually(lambda: _waiting_for_a_lock(database), bool)
        await late
    assert await _sessions(database) == before


async def _refused(office, proven):
    with pytest.raises(Unauthenticated):
        await sessions.begin(office.desk, proven.caller, Browser("192.0.2.1", ""), proven.password_hash)


async def _sessions(database):
    async with database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM login_sessions")


async def _waiting_for_a_lock(database):
    async with database.connection() as connection:
        return await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%login_sessions%'"
        )


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"currentPassword": "wrong horse", "newPassword": "battery staple"}, 401, "wrong_password"),
        ({"currentPassword": PASSWORD, "newPassword": "short"}, 400, "password_refused"),
        ({"currentPassword": PASSWORD}, 400, "invalid_request"),
        ({"newPassword": "battery staple"}, 400, "invalid_request"),
    ],
)
async def test_a_password_that_cannot_be_changed_stays(office, body, status, code):
    browser, _ = await office.member()
    answer = await office.post(browser, "change-password", body)
    assert (answer[0], answer[1]["code"]) == (status, code)
    assert (await office.post(office.browser(), "login", TRUE))[0] == 200


async def test_of_two_who_change_the_password_at_once_one_does(office):
    browser, _ = await office.member()
    changes = [{"currentPassword": PASSWORD, "newPassword": f"new password {n}"} for n in range(2)]
    answers = await asyncio.gather(*(office.post(browser, "change-password", change) for change in changes))
    assert sorted(status for status, _ in answers) == [200, 401]


async def test_only_somebody_signed_in_changes_a_password(office):
    change = {"currentPassword": PASSWORD, "newPassword": "battery staple"}
    assert (await office.post(office.browser(), "change-password", change))[0] == 401
