"""Somebody new."""

import asyncio
import re

import pytest

from aurora_rt.identity import emails, registration

ANN = {"email": "ann@example.org", "password": "correct horse", "name": "Ann"}


async def test_a_newcomer_gets_an_account_a_session_and_an_organization_of_their_own(office):
    browser = office.browser()
    status, account = await office.post(browser, "register", {**ANN, "email": " Ann@Example.ORG "})
    assert status == 201
    assert account == {"id": account["id"], "email": "ann@example.org", "name": "Ann"}
    assert re.fullmatch(r"user_[0-9a-f]{32}", account["id"])
    me = await (await browser.get("/api/auth/me")).get_json()
    assert me == {**account, "role": "admin", "orgId": me["orgId"], "orgName": "Organization of Ann"}
    other, _ = await office.member("bob@example.org", "Bob")
    assert (await (await other.get("/api/auth/me")).get_json())["orgId"] != me["orgId"]


async def test_a_member_is_found_by_their_email_however_it_is_spelled(office, database):
    _, user_id = await office.member("ann@example.org")
    found = await registration.registered(database, " ANN@example.org ")
    assert found is not None
    assert found.user_id == user_id
    assert await registration.registered(database, "eve@example.org") is None


async def test_an_email_can_be_registered_once_however_it_is_spelled(office):
    await office.member("ann@example.org")
    status, body = await office.post(office.browser(), "register", {**ANN, "email": "ANN@example.org"})
    assert (status, body["code"]) == (409, "email_taken")
    assert body["error"].startswith("User with this email already exists")


async def test_of_many_who_register_the_same_email_at_once_one_gets_it(office, database):
    answers = await asyncio.gather(*(office.post(office.browser(), "register", ANN) for _ in range(8)))
    assert sorted(status for status, _ in answers) == [201] + [409] * 7
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM users") == 1
        assert await connection.fetchval("SELECT count(*) FROM organizations") == 1


async def test_a_server_for_one_team_closes_after_the_first_of_two_who_race(make_office):
    office = make_office(registration="first")
    people = [{**ANN, "email": f"{name}@example.org"} for name in ("ann", "bob", "cem")]
    answers = await asyncio.gather(*(office.post(office.browser(), "register", body) for body in people))
    assert sorted(status for status, _ in answers) == [201, 403, 403]
    status, body = await office.post(office.browser(), "register", {**ANN, "email": "dan@example.org"})
    assert (status, body["code"]) == (403, "registration_closed")


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        ({"email": None}, "invalid_request", "email"),
        ({"email": "nobody"}, "invalid_request", "email"),
        ({"email": "a@b@c"}, "invalid_request", "email"),
        ({"email": "a b@c.org"}, "invalid_request", "email"),
        ({"email": "é@example.org"}, "invalid_request", "email"),
        ({"email": "x" * 65 + "@example.org"}, "invalid_request", "email"),
        ({"email": "a@" + "x." * 130 + "org"}, "invalid_request", "email"),
        ({"email": "a@example.org\u0000"}, "invalid_request", "U+0000"),
        ({"password": "7 chars"}, "password_refused", "at least 8"),
        ({"password": "x" * 1025}, "password_refused", "at most 1024"),
        ({"password": 12345678}, "invalid_request", "password"),
        ({"password": None}, "invalid_request", "password"),
        ({"name": "x" * 201}, "invalid_request", "name"),
        ({"name": ["Ann"]}, "invalid_request", "name"),
    ],
)
async def test_a_newcomer_is_told_what_is_wrong(office, change, code, named):
    status, body = await office.post(office.browser(), "register", {**ANN, **change})
    assert (status, body["code"]) == (400, code)
    assert named in body["error"]


async def test_without_a_name_the_emails_first_part_is_taken(office):
    for name in ({}, {"name": "  "}):
        body = {"email": f"cem{len(name)}@example.org", "password": ANN["password"], **name}
        _, account = await office.post(office.browser(), "register", body)
        assert account["name"] == f"cem{len(name)}"


@pytest.mark.parametrize("email", ["a@b", "demo@localhost", "a.b+c@mail.example.org", "o'neil@example.org"])
def test_everyday_addresses_are_taken(email):
    assert emails.valid(email) == email
