"""The AsyncAPI document: valid, equal to what the code does and says, and only ever growing.

It is held against the document that was released last, `asyncapi.landed.json`, as OpenAPI's is: see `test_openapi.py`.
"""

import copy
import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from documents import schema_losses
from node import E2E, installed
from people import Person, Watcher, firing, notification
from quart import Quart

import aurora_rt
from aurora_rt.events.bus import DELTA_EVENTS
from aurora_rt.events.envelope import EventData
from aurora_rt.identity.http import WAYS_IN
from aurora_rt.realtime import contract, schemas
from aurora_rt.realtime.server import Realtime
from aurora_rt.serve import resources
from aurora_rt.settings import Settings

LANDED = Path(__file__).with_name("asyncapi.landed.json")
SCHEMA = E2E / "node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"


@pytest.fixture
async def document(app: Quart) -> dict[str, Any]:
    """The document as it is served."""
    return await (await app.test_client().get("/asyncapi.json")).get_json()


def payload(document: dict[str, Any], name: str) -> dict[str, Any]:
    """A message's schema, with what it refers to."""
    message = document["components"]["messages"][name.replace(":", ".")]
    return {**message["payload"], "components": document["components"]}


def all_kinds() -> set[type[EventData]]:
    """Every kind of event that any of our packages declares."""
    for module in pkgutil.walk_packages(aurora_rt.__path__, "aurora_rt."):
        if module.name.endswith("schemas"):
            importlib.import_module(module.name)
    found, left = set(), [EventData]
    while left:
        kinds = left.pop().__subclasses__()
        left += kinds
        found |= {
            kind for kind in kinds if "event" in vars(kind) and kind.__module__.startswith("aurora_rt.")
        }
    return found


async def test_the_document_is_valid_asyncapi(document: dict[str, Any]) -> None:
    installed("@asyncapi/specs")
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema_rs.validator_for(schema)
    assert [
        f"{error.instance_path}: {error.message}"[:300] for error in validator.iter_errors(document)
    ] == []


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return here + [found for inner in part.values() for found in references(inner)]
        return [found for inner in part for found in references(inner)] if isinstance(part, list) else []

    found = references(document)
    assert found
    for reference in found:
        part: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in part, reference
            part = part[step]


async def test_every_message_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for name, message in document["components"]["messages"].items():
        assert message["summary"], name
        for one in message["examples"]:
            validator = jsonschema_rs.Draft7Validator(payload(document, name))
            assert validator.is_valid(one["payload"]), (name, one)


async def test_nothing_that_the_code_says_or_hears_is_missing(settings: Settings) -> None:
    assert set(contract.EVENTS) == all_kinds()
    assert set(DELTA_EVENTS.values()) == {
        name for name in contract.TOLD if issubclass(contract.TOLD[name], schemas.Delta)
    }
    async with resources(settings) as have:
        realtime = Realtime(settings, have.database, have.redis, have.bus, have.changes, have.limits)
        assert set(realtime.server.handlers["/"]) == {*contract.ASKED, "connect", "disconnect"}


async def test_the_document_only_grows(document: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--renew-openapi"):
        LANDED.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    assert losses(json.loads(LANDED.read_text()), document) == []


def losses(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What worked with one document and does not with another, in words."""
    found = []
    for name, channel in before["channels"].items():
        kept = after["channels"].get(name, {"messages": {}})
        if channel["address"] != kept.get("address"):
            found.append(f"the channel {name} is another")
        found += [f"{one} of {name} is gone" for one in channel["messages"].keys() - kept["messages"].keys()]
    for name, operation in before["operations"].items():
        if operation["action"] != after["operations"].get(name, {}).get("action"):
            found.append(f"the operation {name} is gone")
    for name, message in before["components"]["messages"].items():
        if (kept := after["components"]["messages"].get(name)) is not None:
            is_asked = name.replace(".", ":") in contract.ASKED
            found += [
                f"{name}: {loss}"
                for loss in schema_losses(
                    before, message["payload"], after, kept["payload"], is_body=is_asked
                )
            ]
    return found


@pytest.mark.parametrize("what", ["channel", "message", "field", "required"])
async def test_what_breaks_a_client_is_noticed(document: dict[str, Any], what: str) -> None:
    changed = copy.deepcopy(document)
    match what:
        case "channel":
            del changed["channels"]["feed"]
        case "message":
            del changed["channels"]["incident"]["messages"]["thought"]
        case "field":
            del changed["components"]["schemas"]["ThoughtFinished"]["properties"]["content"]
        case "required":
            changed["components"]["schemas"]["Join"]["required"].append("since")
    assert losses(document, changed) != []


async def test_what_a_server_really_says_is_what_the_document_tells(person: Person, people: None) -> None:
    document = contract.document(WAYS_IN)
    feed = await person.watching("feed")
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    await feed.until(lambda one: one.events("incident"))
    incident_id = feed.events("incident")[0]["data"]["id"]
    room = await person.watching(f"incident:{incident_id}", since=0)
    question = {"text": "What is known?", "mode": "ask", "incident_id": incident_id, "client_id": "1"}
    await room.until(lambda one: one.events("summary"))
    await heard_acknowledged(document, room, "chat:send", question)
    await room.until(lambda one: any(it["data"]["sender"] == "assistant" for it in one.events("message")))
    cancel = {"session_id": room.events("message")[0]["data"]["session_id"]}
    await heard_acknowledged(document, room, "join", {"room": "feed"})
    await heard_acknowledged(document, room, "chat:cancel", cancel)
    await heard_acknowledged(document, room, "investigation:cancel", {"incident_id": incident_id})
    await heard_acknowledged(document, room, "join", {"room": f"incident:{incident_id}", "since": 9999})
    await heard_acknowledged(document, room, "join", {"room": "elsewhere"})
    await heard_acknowledged(document, room, "leave", {"room": "feed"})
    await room.until(lambda one: one.events("resync"))
    told = {name for one in (feed, room) for name, _ in one.heard}
    assert {
        "incident",
        "thought",
        "thought:delta",
        "citation",
        "suggestion",
        "summary",
        "presence",
        "token",
    } <= told
    for watcher, channel in ((feed, "feed"), (room, "incident")):
        known = {one.replace(".", ":") for one in document["channels"][channel]["messages"]}
        for name, message in watcher.heard:
            assert name in known
            jsonschema_rs.Draft7Validator(payload(document, name)).validate(message)


async def heard_acknowledged(document: dict[str, Any], watcher: Watcher, event: str, message: Any) -> None:
    """Send a message whose acknowledgement is one of those that the document tells, with no field beside."""
    ack = await watcher.call(event, message)
    asked = contract.ASKED[event]
    model = asked.acknowledgement if ack["ok"] else schemas.Refusal
    jsonschema_rs.Draft7Validator(payload(document, event)).validate(message)
    jsonschema_rs.Draft7Validator(payload(document, f"ack.{model.__name__}")).validate(ack)
    assert set(ack) <= set(model.model_fields)
