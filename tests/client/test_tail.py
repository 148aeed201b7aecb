"""`aurora-rt tail` as people run it: an incident on the terminal."""

import json
from typing import Any

import pytest
from people import Person
from programs import running

pytestmark = pytest.mark.usefixtures("people")


async def test_an_incident_is_told_from_its_beginning_to_its_end(
    person: Person, fresh: dict[str, Any]
) -> None:
    environment = {"AURORA_URL": person.base_url, "AURORA_TOKEN": await person.token("read")}
    async with running("tail", fresh["id"], "--no-follow", **environment) as program:
        assert await program.ended() == 0, program.printed
    told = await person.analyzed(fresh["id"])
    for thought in told["streamingThoughts"]:
        assert thought["content"][:30] in program.printed  # a line that is broken goes on below
    async with running("tail", fresh["id"], "--no-follow", "--json", **environment) as program:
        assert await program.ended() == 0, program.printed
    lines = [json.loads(line) for line in program.printed.splitlines()]
    assert [one["seq"] for one in lines if one["kind"] == "event"] == list(range(1, told["seq"] + 1))


async def test_without_a_token_or_an_incident_it_says_so(person: Person) -> None:
    async with running("tail", "feed") as program:
        assert await program.ended() == 2
        assert "AURORA_TOKEN" in program.printed
    async with running("tail", "x", "--url", person.base_url, AURORA_TOKEN=await person.token()) as program:
        assert await program.ended() == 1
        assert "There is no such room." in program.printed
