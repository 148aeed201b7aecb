"""Laws of all routes at once: a limit, a caller, a shape."""

import uuid

import httpx
import pytest
from people import Person
from whole import Server

from aurora_rt.db.pool import Database
from aurora_rt.web.limited import limit_of
from aurora_rt.web.openapi.declared import is_public

OPEN = {
    # who has no account yet, or proves themselves otherwise
    "identity.register",
    "identity.sign_in",
    "identity.sign_out",
    "organization.look_at_invitation",
    "alerts.receive",
    "alerts.oncall",
    # it sends the browser back to the settings, with what became of it
    "gcp_accounts.come_back",
    "health.health",
    "health.liveness",
    "health.readiness",
    "static_files.page",
    "static_files.file",
    "static_files.api_page",
    "openapi",
    "asyncapi",
}


WRITTEN_BY_VIEWERS = {
    # what is their own: the account and the chat sessions
    "identity.change_password",
    "access.change_profile",
    "access.end_session",
    "access.end_other_sessions",
    "access.create_token",
    "access.revoke_token",
    "access.socket_token",
    "chat.create_session",
    "chat.update_session",
    "chat.delete_session",
    # what they think of an analysis
    "learning.give_feedback",
    # it changes nothing
    "knowledge.search_knowledge",
    "command_policies.test_command",
}
FOR_ADMINS = {
    "organization.change_role",
    "organization.remove",
    "organization.list_invitations",
    "organization.invite",
    "organization.withdraw",
    "command_policies.create_policy",
    "command_policies.change_policy",
    "command_policies.remove_policy",
    "llm.enter_account",
    "llm.forget_account",
    "llm.check_provider",
    "llm.choose",
    "demo.start",
}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def filled(rule) -> str:
    path = rule.rule
    for argument in rule.arguments:
        converter = rule._converters[argument].__class__.__name__
        value = str(uuid.uuid4()) if converter == "UUIDConverter" else "x"
        for form in (f"<uuid:{argument}>", f"<path:{argument}>", f"<{argument}>"):
            path = path.replace(form, value)
    return path


async def test_every_route_has_a_limit(app) -> None:
    for rule in rules(app):
        limit = limit_of(app, rule.endpoint)
        exempt = rule.endpoint.startswith(("health.", "static_files."))
        assert (limit.name == "none") == exempt, rule.endpoint


async def test_every_route_asks_who_is_calling(app, web_server: Server, onlooker: Person) -> None:
    async with httpx.AsyncClient(base_url=web_server.base_url, trust_env=False) as nobody:
        for rule in rules(app):
            if rule.endpoint in OPEN:
                continue
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                answer = await nobody.request(method, filled(rule), json={})
                assert answer.status_code == 401, (method, rule.rule, answer.text)
                assert answer.json()["code"]


async def test_every_route_that_names_something_answers_a_stranger_with_404(app, onlooker: Person) -> None:
    bodies = {
        "PATCH": {"status": "resolved", "role": "viewer"},
        "POST": {
            "question": "why?",
            "into": str(uuid.uuid4()),
            "decision": "approve",
            "feedback_type": "helpful",
        },
        "PUT": {},
    }
    for rule in rules(app):
        if rule.endpoint in OPEN or not rule.arguments:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            body = {} if rule.rule.endswith("/postmortem") and method == "POST" else bodies.get(method)
            answer = await onlooker.http.request(method, filled(rule), json=body)
            assert answer.status_code == 404, (method, rule.rule, answer.text)
            assert answer.json()["code"].endswith("not_found")


async def test_the_routes_that_ask_for_nobody_say_so(app) -> None:
    api = {
        rule.endpoint
        for rule in rules(app)
        if not rule.endpoint.startswith(("static_files.", "openapi", "asyncapi"))
    }
    assert {endpoint for endpoint in api if is_public(app, endpoint)} == OPEN & api


async def has_role(database: Database, person: Person, role: str) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = $2 WHERE id = $1", person.id, role)


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_every_route_knows_what_a_role_may(
    app, onlooker: Person, database: Database, role: str
) -> None:
    await has_role(database, onlooker, role)
    for rule in rules(app):
        if rule.endpoint in OPEN:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            reads = method == "GET" or rule.endpoint in WRITTEN_BY_VIEWERS
            may = rule.endpoint not in FOR_ADMINS and (role == "editor" or reads)
            answer = await onlooker.http.request(method, filled(rule), json={})
            refused = (
                (answer.status_code, answer.json()["code"]) == (403, "forbidden")
                if answer.is_error
                else False
            )
            assert refused != may, (role, method, rule.rule, answer.text)


async def test_every_failure_has_an_error_and_a_code(onlooker: Person) -> None:
    for method, path in (
        ("GET", "/nothing"),
        ("PUT", "/api/incidents"),
        ("GET", "/api/incidents/not-a-uuid"),
    ):
        answer = await onlooker.http.request(method, path)
        assert answer.status_code in (404, 405)
        assert set(answer.json()) == {"error", "code"}
