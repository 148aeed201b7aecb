"""An organization's rules about commands, over REST."""

from typing import Any

import pytest
from people import Person
from whole import Server

from aurora_rt.db.pool import Database
from aurora_rt.toolsets.policies import MOST_RULES, policy_of

pytestmark = pytest.mark.usefixtures("people")

PATH = "/api/org/command-policies"
NONSENSE: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"mode": "maybe", "pattern": "df"}, 400, "invalid_request"),
    ({"mode": "deny", "pattern": ""}, 400, "invalid_request"),
    ({"mode": "deny", "pattern": "  "}, 400, "pattern_invalid"),
    ({"mode": "deny", "pattern": "df 'x"}, 400, "pattern_invalid"),
    ({"mode": "deny", "pattern": "df\nrm"}, 400, "pattern_invalid"),
    ({"mode": "deny", "pattern": "x" * 501}, 400, "invalid_request"),
    ({"mode": "deny", "pattern": "df", "description": "x" * 501}, 400, "invalid_request"),
    ({"mode": "deny", "pattern": "df", "priority": 10**12}, 400, "invalid_request"),
    ({"pattern": "df"}, 400, "invalid_request"),
    ({"mode": "deny", "pattern": "taken"}, 409, "command_policy_exists"),
)


async def made(person: Person, mode: str, pattern: str, **more: Any) -> dict[str, Any]:
    answer = await person.http.post(PATH, json={"mode": mode, "pattern": pattern, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def verdict(person: Person, command: str) -> dict[str, Any]:
    answer = await person.http.post(f"{PATH}/test", json={"command": command})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def organization_of(database: Database, person: Person) -> Any:
    async with database.connection() as connection:
        return await connection.fetchval("SELECT organization_id FROM users WHERE id = $1", person.id)


async def test_an_admin_makes_changes_and_removes_a_rule(onlooker: Person) -> None:
    rule = await made(onlooker, "deny", "  kubectl * -n prod ", description="Ask first.", priority=5)
    assert rule == {
        "id": rule["id"],
        "mode": "deny",
        "pattern": "kubectl * -n prod",
        "description": "Ask first.",
        "priority": 5,
        "enabled": True,
    }
    assert (await onlooker.http.get(PATH)).json() == {"policies": [rule], "onlyAllowed": False}
    changed = await onlooker.http.put(f"{PATH}/{rule['id']}", json={"enabled": False, "mode": "allow"})
    assert changed.json() == {**rule, "enabled": False, "mode": "allow"}
    assert (await onlooker.http.delete(f"{PATH}/{rule['id']}")).status_code == 200
    assert (await onlooker.http.get(PATH)).json()["policies"] == []
    gone = await onlooker.http.delete(f"{PATH}/{rule['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "command_policy_not_found")


async def test_rules_are_listed_by_priority(onlooker: Person) -> None:
    for priority, pattern in ((30, "c"), (10, "a"), (20, "b")):
        await made(onlooker, "deny", pattern, priority=priority)
    listed = (await onlooker.http.get(PATH)).json()["policies"]
    assert [one["pattern"] for one in listed] == ["a", "b", "c"]


async def test_a_command_is_tried_without_being_run(onlooker: Person) -> None:
    assert await verdict(onlooker, "kubectl get pods") == {
        "command": "kubectl get pods",
        "allowed": True,
        "reason": "It only reads, and no rule of the organization denies it.",
        "rule": None,
        "argv": ["kubectl", "get", "pods"],
    }
    deny = await made(onlooker, "deny", "kubectl * --namespace=prod")
    denied = await verdict(onlooker, "kubectl get pods -n prod")
    assert (denied["allowed"], denied["rule"]) == (False, deny)
    allow = await made(onlooker, "allow", "kubectl get *")
    assert (await onlooker.http.get(PATH)).json()["onlyAllowed"] is True
    assert (await verdict(onlooker, "kubectl get pods"))["rule"] == allow
    assert (await verdict(onlooker, "df -h"))["allowed"] is False


async def test_what_needs_a_shell_or_writes_is_not_allowed_and_no_error(onlooker: Person) -> None:
    await made(onlooker, "allow", "*")
    piped = await verdict(onlooker, "df -h | sh")
    assert (piped["allowed"], piped["argv"]) == (False, [])
    assert piped["reason"] == "A pipe is only for a shell, which is not used."
    assert (await verdict(onlooker, ""))["reason"] == "There is no command."
    stop = await verdict(onlooker, "aws ec2 stop-instances --query x")
    assert (stop["allowed"], stop["rule"]) == (False, None)


async def test_a_rule_that_makes_no_sense_is_refused(onlooker: Person) -> None:
    await made(onlooker, "deny", "taken")
    for body, status, code in NONSENSE:
        answer = await onlooker.http.post(PATH, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
        assert set(answer.json()) == {"error", "code"}


async def test_a_rule_is_not_changed_into_another_or_into_nonsense(onlooker: Person) -> None:
    await made(onlooker, "deny", "taken")
    path = f"{PATH}/{(await made(onlooker, 'deny', 'free'))['id']}"
    taken = await onlooker.http.put(path, json={"pattern": "taken"})
    assert (taken.status_code, taken.json()["code"]) == (409, "command_policy_exists")
    assert (await onlooker.http.put(path, json={"pattern": "'"})).json()["code"] == "pattern_invalid"
    assert (await onlooker.http.put(path, json={"pattern": "free", "mode": "allow"})).status_code == 200


async def test_there_are_only_so_many_rules(onlooker: Person, database: Database) -> None:
    organization_id = await organization_of(database, onlooker)
    async with database.connection() as connection:
        await connection.execute(
            """
            INSERT INTO command_policies (id, organization_id, mode, pattern, created_at, updated_at)
            SELECT gen_random_uuid(), $1, 'deny', 'p' || n, now(), now() FROM generate_series(1, $2) n
            """,
            organization_id,
            MOST_RULES,
        )
    answer = await onlooker.http.post(PATH, json={"mode": "deny", "pattern": "one more"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_command_policies")


async def test_the_rules_of_another_organization_are_neither_seen_nor_touched(
    onlooker: Person, web_server: Server
) -> None:
    stranger = await Person.registered(web_server.base_url)
    rule = await made(onlooker, "deny", "df")
    assert (await stranger.http.get(PATH)).json()["policies"] == []
    assert (await stranger.http.put(f"{PATH}/{rule['id']}", json={"enabled": False})).status_code == 404
    assert (await stranger.http.delete(f"{PATH}/{rule['id']}")).status_code == 404
    assert (await verdict(stranger, "df"))["allowed"] is True
    assert (await verdict(onlooker, "df"))["allowed"] is False


async def test_a_policy_that_cannot_be_read_lets_nothing_run(onlooker: Person, database: Database) -> None:
    organization_id = await organization_of(database, onlooker)
    await made(onlooker, "deny", "df")
    assert [one.pattern for one in (await policy_of(database, organization_id)).rules] == ["df"]
    async with database.connection() as connection:
        await connection.execute("UPDATE command_policies SET pattern = 'df ''x'")
        assert (await policy_of(database, organization_id)).unreadable
        await connection.execute("ALTER TABLE command_policies RENAME COLUMN pattern TO patterns")
    assert (await policy_of(database, organization_id)).unreadable
    tried = await verdict(onlooker, "uptime")
    assert tried["allowed"] is False
    assert "cannot be read" in tried["reason"]
