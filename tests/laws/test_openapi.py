"""The OpenAPI document tells all there is, tells it right, and takes nothing back.

It is held against the document that was released last, `openapi.landed.json`. After adding to the API, keep the new
one with `pytest tests/laws/test_openapi.py --renew-openapi`. Where something has to go nonetheless, the same command
says so in the change that does it.
"""

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from documents import losses, operations
from quart import Quart
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from aurora_rt.web.limited import limit_of
from aurora_rt.web.openapi.declared import is_public

LANDED = Path(__file__).with_name("openapi.landed.json")
NOT_THE_API = {"openapi", "asyncapi", "static_files.page", "static_files.file", "static_files.api_page"}


@pytest.fixture
async def document(app: Quart) -> dict[str, Any]:
    """The document as it is served."""
    return await (await app.test_client().get("/openapi.json")).get_json()


def routed(app: Quart) -> dict[tuple[str, str], str]:
    """The endpoint of every method and path that the app answers."""
    return {
        (method, re.sub(r"<(?:[^:>]*:)?([^>]+)>", r"{\1}", rule.rule)): rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in NOT_THE_API
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def contents(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every body and answer, with where it stands."""
    found = [
        (f"{name} {where}", content)
        for name, operation in operations(document).items()
        for where, holder in {"body": operation.get("requestBody", {}), **operation["responses"]}.items()
        for content in holder.get("content", {}).values()
    ]
    shared = document["components"]["responses"].items()
    return found + [(name, content) for name, one in shared for content in one["content"].values()]


async def test_every_route_is_in_the_document_and_nothing_else(app: Quart, document: dict[str, Any]) -> None:
    assert set(operations(document)) == set(routed(app))


async def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document)] == []
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})


async def test_every_body_and_answer_has_an_example_that_fits(document: dict[str, Any]) -> None:
    for where, content in contents(document):
        schema = {**content["schema"], "components": document["components"]}
        examples = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
        for example in examples:
            assert jsonschema_rs.Draft202012Validator(schema).is_valid(example), (where, example)


async def test_every_operation_can_be_called_by_somebody_who_knows_only_the_document(
    app: Quart, document: dict[str, Any]
) -> None:
    endpoints = routed(app)
    for name, operation in operations(document).items():
        endpoint, responses = endpoints[name], operation["responses"]
        assert operation["summary"], name
        assert operation["tags"], name
        assert any(status.startswith("2") for status in responses), name
        assert ("429" in responses) == (limit_of(app, endpoint).name != "none"), name
        assert ("401" in responses) or is_public(app, endpoint), name
        assert "500" in responses, name
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= set(responses), name
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert len(ids) == len(set(ids))
    assert {tag["name"] for tag in document["tags"]} == {
        tag for operation in operations(document).values() for tag in operation["tags"]
    }


async def test_the_document_only_grows(document: dict[str, Any], request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--renew-openapi"):
        LANDED.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    assert losses(json.loads(LANDED.read_text()), document) == []


def without_path(document: dict[str, Any]) -> None:
    del document["paths"]["/chat_api/sessions"]


def without_method(document: dict[str, Any]) -> None:
    del document["paths"]["/api/incidents/{incident_id}"]["patch"]


def without_status(document: dict[str, Any]) -> None:
    del document["paths"]["/api/incidents/{incident_id}"]["get"]["responses"]["404"]


def without_parameter(document: dict[str, Any]) -> None:
    document["paths"]["/api/incidents/{incident_id}/chat"]["post"]["parameters"].pop()


def without_answered_field(document: dict[str, Any]) -> None:
    del document["components"]["schemas"]["ListedAlert"]["properties"]["sourceUrl"]


def with_answered_null(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["ListedAlert"]["properties"]["title"]["type"] = ["string", "null"]


def with_required_field(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["NewWebhookToken"]["properties"]["team"] = {"type": "string"}
    document["components"]["schemas"]["NewWebhookToken"]["required"].append("team")


def with_fewer_values(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["QuestionBody"]["properties"]["mode"]["enum"] = ["agent"]


def with_a_caller(document: dict[str, Any]) -> None:
    del document["paths"]["/health"]["get"]["security"]


@pytest.mark.parametrize(
    "change",
    [
        without_path,
        without_method,
        without_status,
        without_parameter,
        without_answered_field,
        with_answered_null,
        with_required_field,
        with_fewer_values,
        with_a_caller,
    ],
    ids=lambda change: change.__name__,
)
async def test_what_breaks_a_client_is_noticed(document: dict[str, Any], change) -> None:
    changed = copy.deepcopy(document)
    change(changed)
    assert losses(document, changed) != []


async def test_what_is_added_breaks_nobody(document: dict[str, Any]) -> None:
    changed = copy.deepcopy(document)
    schemas = changed["components"]["schemas"]
    schemas["NewWebhookToken"]["properties"]["team"] = {"type": "string"}
    schemas["ListedAlert"]["properties"]["team"] = {"type": "string"}
    schemas["ListedAlert"]["required"].append("team")
    changed["paths"]["/api/teams"] = copy.deepcopy(changed["paths"]["/api/incidents"])
    assert losses(document, changed) == []


async def test_the_document_is_sent_once_to_a_browser_that_keeps_it(app: Quart) -> None:
    client = app.test_client()
    first = await client.get("/openapi.json")
    again = await client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, await again.get_data()) == (304, b"")
