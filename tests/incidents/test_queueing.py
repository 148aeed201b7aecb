"""A storm of one organization is looked into a few incidents at a time, the worst first, whatever came first."""

from uuid import UUID

from people import Person, firing, notification

from aurora_rt import jobs
from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.incidents import queueing

SEVERITIES = ("warning", "info", "critical", "high", "warning", "critical")


async def queued(database: Database) -> list[jobs.Investigate]:
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT payload FROM pgqueuer WHERE entrypoint = 'investigate' ORDER BY id"
        )
    return [jobs.Investigate.model_validate_json(row["payload"]) for row in rows]


async def test_the_worst_incidents_are_looked_into_first_and_only_so_many_at_once(
    onlooker: Person, database: Database
) -> None:
    async with database.connection() as connection:
        await connection.execute("UPDATE organizations SET investigations_at_once = 2")
    url = await onlooker.webhook()
    for n, severity in enumerate(SEVERITIES):
        await onlooker.http.post(
            url, json=notification(firing(f"Alert {n}", fingerprint=f"f{n}", severity=severity))
        )
    titles = {UUID(one["id"]): one["alert"]["title"] for one in await onlooker.incidents()}

    async def looked_into() -> list[str]:
        return [titles[job.incident_id] for job in await queued(database)]

    assert await looked_into() == ["Alert 0", "Alert 1"]  # they came when there was room
    for expected in ("Alert 2", "Alert 5", "Alert 3", "Alert 4"):
        over = (await queued(database))[-1]
        for _ in range(2):  # a worker that died may say so again
            async with database.transaction(over.organization_id) as scope:
                await queueing.leave(scope, over.investigation_id)
        assert (await looked_into())[-1] == expected
    stranger = new_id()
    async with database.transaction(stranger) as scope:
        await queueing.leave(scope, over.investigation_id)  # nobody frees another organization's places
    assert len(await queued(database)) == 6
