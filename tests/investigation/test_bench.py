"""The tools of an investigation run what the rules of its own organization let run."""

from people import Person

from aurora_rt import serve
from aurora_rt.settings import Settings
from aurora_rt.toolsets.registry import discover


async def test_the_tools_of_an_organization_keep_to_its_rules(onlooker: Person, settings: Settings) -> None:
    rule = {"mode": "deny", "pattern": "df", "description": "Disks are not yours."}
    assert (await onlooker.http.post("/api/org/command-policies", json=rule)).status_code == 201
    other = await Person.registered(onlooker.base_url)
    async with serve.resources(settings) as have:
        bench = serve._bench(have, discover())
        async with have.database.connection() as connection:
            rows = await connection.fetch("SELECT id, organization_id FROM users")
        organization_of = {row["id"]: row["organization_id"] for row in rows}
        theirs = await bench.toolbox(organization_of[onlooker.id], None, bench.window_of(None))
        others = await bench.toolbox(organization_of[other.id], None, bench.window_of(None))
        denied = await theirs.look("commands.run", command="df -h")
        assert denied.error == "The organization's rule “df” denies it: Disks are not yours."
        assert (await theirs.look("commands.run", command="uptime")).error is None
        assert (await others.look("commands.run", command="df -h")).error is None
