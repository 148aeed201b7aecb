"""A route that declares what it needs anyway is documented whole."""

from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, Field
from quart import Blueprint, Quart, Response
from quart_schema import QuartSchema, document_querystring, document_request, document_response

from aurora_rt.errors import Conflict, Misconfigured
from aurora_rt.web.bodies import Body, Shape
from aurora_rt.web.limited import limited
from aurora_rt.web.openapi import served
from aurora_rt.web.openapi.declared import fails, public
from aurora_rt.web.openapi.document import Document

WAYS_IN = {"token": {"type": "http", "scheme": "bearer"}}


class Ship(Shape):
    """A ship in the harbour."""

    name: str
    crew: int | None = None
    state: str = "moored"


class NewShip(Body):
    """A ship that comes in."""

    name: str
    crew: int | None = None


class ShipQuery(BaseModel):
    """Which ships."""

    state: str | None = Field(None, description="Only those in it.")


class HarbourClosed(Conflict):
    """It is night."""

    code = "harbour_closed"


async def documented(blueprint: Blueprint) -> dict[str, Any]:
    app = Quart("harbour", static_folder=None)
    app.register_blueprint(blueprint)
    role = {"GET": "viewer"}
    served.install(app, lambda _app, _endpoint, method: role.get(method, "admin"), WAYS_IN, {})
    return await (await app.test_client().get("/openapi.json")).get_json()


@pytest.fixture
async def document() -> dict[str, Any]:
    """The document of a harbour."""
    ships = Blueprint("ships", __name__)

    @ships.get("/ships")
    @public
    @document_querystring(ShipQuery)
    @document_response(Ship)
    @limited("none")
    async def list_ships() -> Response:
        """Every ship."""
        return Response()

    @ships.put("/ships/<uuid:ship_id>")
    @document_request(NewShip)
    @document_response(Ship, 201)
    async def moor(ship_id: UUID) -> Response:
        """Give a ship `a` place."""
        return Response()

    @ships.delete("/ships")
    @public
    @fails(HarbourClosed)
    @document_response(Ship)
    async def close() -> Response:
        """Send all away."""
        return Response()

    return await documented(ships)


def statuses(document: dict[str, Any], path: str, method: str) -> list[int]:
    return [int(status) for status in document["paths"][path][method]["responses"]]


async def test_the_statuses_follow_from_what_a_route_declares(document: dict[str, Any]) -> None:
    assert statuses(document, "/ships", "get") == [200, 400, 500]
    assert statuses(document, "/ships/{ship_id}", "put") == [
        201, 400, 401, 403, 404, 409, 413, 415, 429, 500, 503,
    ]  # fmt: skip
    assert statuses(document, "/ships", "delete") == [200, 403, 409, 429, 500, 503]


async def test_limits_and_ways_in_are_told_where_they_hold(document: dict[str, Any]) -> None:
    listing, mooring = document["paths"]["/ships"]["get"], document["paths"]["/ships/{ship_id}"]["put"]
    assert (listing["security"], document["security"]) == ([], [{"token": []}])
    assert "security" not in mooring
    assert "X-RateLimit-Remaining" not in listing["responses"]["200"]["headers"]
    assert "X-RateLimit-Remaining" in mooring["responses"]["201"]["headers"]
    assert "Retry-After" in document["components"]["responses"]["TooMany"]["headers"]


async def test_parameters_have_types_and_may_not_be_null(document: dict[str, Any]) -> None:
    (state,) = document["paths"]["/ships"]["get"]["parameters"]
    assert state == {
        "name": "state",
        "in": "query",
        "required": False,
        "description": "Only those in it.",
        "schema": {"type": "string"},
    }
    (ship_id,) = document["paths"]["/ships/{ship_id}"]["put"]["parameters"]
    assert ship_id["schema"] == {"type": "string", "format": "uuid"}


async def test_an_answer_has_all_its_fields_and_may_get_more(document: dict[str, Any]) -> None:
    ship = document["components"]["schemas"]["Ship"]
    assert (ship["required"], "additionalProperties" in ship) == (["name", "crew", "state"], False)
    assert document["components"]["schemas"]["NewShip"]["required"] == ["name"]
    answered = document["paths"]["/ships/{ship_id}"]["put"]["responses"]["201"]["content"]["application/json"]
    assert answered["schema"] == {"$ref": "#/components/schemas/Ship"}
    assert answered["example"] == {"name": "Ada Lovelace", "crew": 1, "state": "moored"}


async def test_a_summary_is_plain_text(document: dict[str, Any]) -> None:
    assert document["paths"]["/ships/{ship_id}"]["put"]["summary"] == "Give a ship a place."


async def test_two_shapes_of_one_name_are_noticed() -> None:
    other = type("Ship", (Shape,), {"__annotations__": {"length": int}, "__doc__": "Another."})
    ships = Blueprint("ships", __name__)

    @ships.get("/ships")
    @document_response(Ship)
    async def old() -> Response:
        return Response()

    @ships.get("/boats")
    @document_response(other)
    async def new() -> Response:
        return Response()

    app = Quart("harbour", static_folder=None)
    app.register_blueprint(ships)
    document = Document(app, QuartSchema(app, openapi_path=None), lambda _app, _endpoint, _method: "admin")
    with pytest.raises(Misconfigured, match="Ship"):
        document.schema()
