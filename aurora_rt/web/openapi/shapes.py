"""From pydantic models to schemas in the document."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema
from quart_schema.typing import Model

REF = "#/components/schemas/{model}"


class _Generator(GenerateJsonSchema):
    """As pydantic does it, but an answer's fields with a default are there as surely as the others."""

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def named(model: type[Model], mode: JsonSchemaMode) -> tuple[dict[str, Any], dict[str, JsonSchemaValue]]:
    """A reference to the schema of `model`, and the schemas that this needs, by name."""
    schema = TypeAdapter(model).json_schema(ref_template=REF, mode=mode, schema_generator=_Generator)
    found = schema.pop("$defs", {})
    if "$ref" not in schema:
        found[model.__name__] = schema
    if mode == "serialization":
        for one in found.values():
            _open(one)
    return {"$ref": REF.format(model=model.__name__)}, found


def parameters(model: type[Model]) -> Iterator[tuple[dict[str, Any], dict[str, JsonSchemaValue]]]:
    """The query parameters that `model` describes, each with the schemas that it needs.

    A field that may be None is a parameter that may be left out: no query can say null.
    """
    schema = TypeAdapter(model).json_schema(ref_template=REF, schema_generator=_Generator)
    definitions = schema.get("$defs", {})
    for name, field in schema["properties"].items():
        described = _without_null(field)
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", ())}
        if "description" in described:
            parameter["description"] = described.pop("description")
        yield {**parameter, "schema": described}, definitions


def _open(schema: JsonSchemaValue) -> None:
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]


def _without_null(schema: JsonSchemaValue) -> JsonSchemaValue:
    schema = dict(schema)
    if schema.get("default", "") is None:
        del schema["default"]
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        return {**kinds[0], **schema}
    return schema
