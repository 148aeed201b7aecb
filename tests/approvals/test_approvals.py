"""Proposed actions: decided once, by somebody who may, in time; run at most once, and only where that is wanted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from people import Person, Watcher, eventually
from programs import running as running_program
from proposals import ACTION, COMMAND, opened, proposed
from whole import Server, serving

from aurora_rt import jobs, serve
from aurora_rt.approvals import running
from aurora_rt.approvals.expiry import Expiry
from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.investigation import carrying_out
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
def approving(settings: Settings) -> Settings:
    """Settings of a server that runs what was approved."""
    return settings.model_copy(update={"actions": "approved"})


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a program that is called kubectl here writes down with what it was started."""
    (tmp_path / "bin").mkdir()
    program, written = tmp_path / "bin" / "kubectl", tmp_path / "ran"
    program.write_text(f'#!/bin/sh\necho "$@" >> {written}\necho "rolled back"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    written.touch()
    return written


async def decide(
    person: Person, incident_id: str, approval: dict, decision: str = "approve"
) -> tuple[int, dict]:
    path = f"/api/incidents/{incident_id}/approvals/{approval['id']}"
    answer = await person.http.post(path, json={"decision": decision})
    return answer.status_code, answer.json()


@asynccontextmanager
async def bench_of(settings: Settings, person: Person, database: Database) -> AsyncIterator[tuple]:
    """A worker's bench, and the organization that it works for."""
    async with database.connection() as connection:
        organization = await connection.fetchval("SELECT organization_id FROM users WHERE id = $1", person.id)
    async with serve.resources(settings) as have:
        yield serve._bench(have, {}), organization


async def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided_and_all_see_the_same(
    settings: Settings, onlooker: Person, database: Database
) -> None:
    incident_id = await opened(onlooker)
    watchers = [await onlooker.watching(f"incident:{incident_id}", since=0) for _ in range(2)]
    pending = await proposed(settings, database, onlooker, incident_id)
    assert (pending["status"], pending["run"], pending["by"]) == ("pending", "none", None)
    answers = await asyncio.gather(
        *(decide(onlooker, incident_id, pending, one) for one in ("approve", "decline") * 3)
    )
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409, 409, 409]
    assert {body["code"] for status, body in answers if status == 409} == {"approval_decided"}
    after = await onlooker.incident(incident_id)
    for watcher in watchers:
        await watcher.until(lambda one: len(one.events("approval")) == 2)
        assert [one["data"] for one in watcher.events("approval")] == [pending, after["approvals"][0]]
        assert [one["data"] for one in watcher.events("suggestion")] == after["suggestions"]
    assert after["approvals"][0]["by"] == onlooker.id
    assert after["suggestions"][0]["isAction"]


async def test_by_default_an_approval_is_a_decision_and_the_person_runs_the_command(
    settings: Settings, onlooker: Person, database: Database
) -> None:
    incident_id = await opened(onlooker)
    pending = await proposed(settings, database, onlooker, incident_id)
    assert not pending["runs"]
    status, decided = await decide(onlooker, incident_id, pending)
    assert (status, decided["status"], decided["run"]) == (200, "approved", "by_hand")
    assert "AURORA_ACTIONS" in decided["reason"]
    assert decided["command"] == COMMAND
    async with database.connection() as connection:
        waiting = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'carry_out'"
        assert await connection.fetchval(waiting) == 0


async def test_what_nobody_decided_in_time_expires_and_can_not_be_approved(
    settings: Settings, onlooker: Person, database: Database
) -> None:
    incident_id = await opened(onlooker)
    pending = await proposed(settings, database, onlooker, incident_id)
    async with database.connection() as connection:
        await connection.execute("UPDATE approvals SET expires_at = now() - interval '1 s'")
    status, refused = await decide(onlooker, incident_id, pending)
    assert (status, refused["code"]) == (409, "approval_expired")
    watcher = await onlooker.watching(f"incident:{incident_id}")
    async with serve.resources(settings) as have:
        await Expiry(have.database, have.changes).look()
        await Expiry(have.database, have.changes).look()
    await watcher.until(lambda one: one.events("approval"))
    assert [one["data"]["status"] for one in watcher.events("approval")] == ["expired"]
    assert (await decide(onlooker, incident_id, pending, "decline"))[0] == 409


async def test_a_viewer_and_a_stranger_decide_nothing(
    settings: Settings, web_server: Server, onlooker: Person, database: Database
) -> None:
    incident_id = await opened(onlooker)
    pending = await proposed(settings, database, onlooker, incident_id)
    stranger = await Person.registered(web_server.base_url)
    assert (await decide(stranger, incident_id, pending))[0] == 404
    assert (await decide(onlooker, await opened(onlooker), pending))[0] == 404
    assert (await decide(onlooker, incident_id, pending, "perhaps"))[0] == 400
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = 'viewer' WHERE id = $1", onlooker.id)
    assert (await decide(onlooker, incident_id, pending))[0] == 403
    assert (await onlooker.incident(incident_id))["approvals"] == [pending]


async def test_what_is_approved_runs_once_after_a_restart_and_its_output_is_cited(
    approving: Settings, database: Database, ran: Path
) -> None:
    async with serving(approving, worker=False) as before:
        person = await Person.registered(before.base_url)
        incident_id = await opened(person)
        pending = await proposed(approving, database, person, incident_id)
    async with serving(approving, worker=False) as before:
        person = await Person.signed_in(replace(person, base_url=before.base_url))
        assert (await person.incident(incident_id))["approvals"] == [pending]
        status, decided = await decide(person, incident_id, pending)
        assert (status, decided["run"]) == (200, "waiting")
        assert ran.read_text() == ""
    async with serving(approving) as after:
        person = await Person.signed_in(replace(person, base_url=after.base_url))
        watcher: Watcher = await person.watching(f"incident:{incident_id}", since=0)
        shown = await eventually(
            lambda: person.incident(incident_id), lambda one: one["approvals"][0]["run"] == "done"
        )
        (done,) = shown["approvals"]
        assert done["exit_status"] == 0
        (cited,) = [one for one in shown["citations"] if one["key"] == done["citation"]]
        assert (cited["command"], cited["output"]) == (COMMAND, "rolled back")
        await watcher.until(
            lambda one: one.events("approval")[-1:] and done == one.events("approval")[-1]["data"]
        )
        steps = [one["data"]["run"] for one in watcher.events("approval")]
        assert steps == ["none", "waiting", "running", "done"]
    assert ran.read_text() == "rollout undo deployment/checkout -n shop\n"


async def test_a_command_whose_worker_died_is_shown_as_interrupted_and_never_run_again(
    approving: Settings, onlooker: Person, database: Database, ran: Path
) -> None:
    incident_id = await opened(onlooker)
    pending = await proposed(approving, database, onlooker, incident_id)
    async with bench_of(approving, onlooker, database) as (bench, organization):
        job = jobs.CarryOut(
            organization_id=organization, incident_id=UUID(incident_id), approval_id=UUID(pending["id"])
        )
        await carrying_out.carry_out(bench, job)  # nobody has approved it
        assert ran.read_text() == ""
        async with database.connection() as connection:
            await connection.execute("UPDATE approvals SET status = 'approved', run = 'waiting'")
        async with bench.changes.open(organization) as change:
            await running.begin(change, job.incident_id, job.approval_id, new_id())
        for _ in range(2):
            await carrying_out.carry_out(bench, job)
            (shown,) = (await onlooker.incident(incident_id))["approvals"]
            assert shown["run"] == "interrupted"
            assert "Look whether it took effect" in shown["reason"]
        await carrying_out.give_up(bench, job, "It failed.")
    assert (await onlooker.incident(incident_id))["approvals"] == [shown]
    assert ran.read_text() == ""


async def test_a_worker_that_is_killed_while_the_command_runs_is_followed_by_nobody_who_runs_it_again(
    approving: Settings, onlooker: Person, database: Database, ran: Path
) -> None:
    incident_id = await opened(onlooker)
    pending = await proposed(approving, database, onlooker, incident_id)
    async with bench_of(approving, onlooker, database) as (bench, organization):
        job = jobs.CarryOut(
            organization_id=organization, incident_id=UUID(incident_id), approval_id=UUID(pending["id"])
        )
        async with bench.changes.open(organization) as change:
            await change.connection.execute("UPDATE approvals SET status = 'approved', run = 'waiting'")
            await jobs.enqueue(change.connection, [job], [jobs.ANSWER_PRIORITY])
    program = ran.parent / "bin" / "kubectl"
    program.write_text(program.read_text() + "exec sleep 8\n")
    servers = {
        "DATABASE_URL": approving.database_url or "",
        "REDIS_URL": approving.redis_url or "",
        "AURORA_JOB_LEASE": "2",
        "AURORA_ACTIONS": "approved",
    }
    async with running_program("worker", **servers) as worker:
        await eventually(lambda: asyncio.to_thread(ran.read_text), lambda text: text)
        worker.process.kill()
    async with serving(approving):
        shown = await eventually(
            lambda: onlooker.incident(incident_id), lambda one: one["approvals"][0]["run"] == "interrupted"
        )
    assert "Look whether it took effect" in shown["approvals"][0]["reason"]
    assert len(ran.read_text().splitlines()) == 1


@pytest.mark.parametrize("policy", ["denied", "unreadable"])
async def test_a_command_that_the_policy_denies_is_not_run_whoever_approved_it(
    approving: Settings, onlooker: Person, database: Database, ran: Path, policy: str
) -> None:
    incident_id = await opened(onlooker)
    pending = await proposed(approving, database, onlooker, incident_id)
    await onlooker.http.post(
        "/api/org/command-policies", json={"mode": "deny", "pattern": "kubectl * --namespace=shop"}
    )
    async with database.connection() as connection:
        await connection.execute("UPDATE approvals SET status = 'approved', run = 'waiting'")
        if policy == "unreadable":
            await connection.execute("UPDATE command_policies SET pattern = '\"'")
    async with bench_of(approving, onlooker, database) as (bench, organization):
        job = jobs.CarryOut(
            organization_id=organization, incident_id=UUID(incident_id), approval_id=UUID(pending["id"])
        )
        await carrying_out.carry_out(bench, job)
    (shown,) = (await onlooker.incident(incident_id))["approvals"]
    assert (shown["run"], shown["citation"]) == ("refused", None)
    assert ("denies it" if policy == "denied" else "cannot be read") in shown["reason"]
    assert ran.read_text() == ""


@pytest.mark.parametrize(
    "command",
    ["rm -rf /var/lib/app", "kubectl delete ns shop", "kubectl apply -f - | sh", "systemctl stop app"],
)
async def test_what_is_not_on_the_list_is_for_the_person_to_run(
    approving: Settings, onlooker: Person, database: Database, command: str
) -> None:
    incident_id = await opened(onlooker)
    action = replace(ACTION, command=command)
    pending = await proposed(approving, database, onlooker, incident_id, action)
    assert not pending["runs"]
    assert (await decide(onlooker, incident_id, pending))[1]["run"] == "by_hand"
