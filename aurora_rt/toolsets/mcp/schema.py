"""The JSON Schema of a tool's parameters as a model, so that calls are validated before they leave us.

The schema is a stranger's: it is bounded, refers to nothing outside itself, and its regular expressions are left to
the server, since ours could be made to run for ever by one.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.toolset import Parameters

SIZE_LIMIT: Final = 32 * 1024
DEPTH_LIMIT: Final = 24
SAID: Final = 300
_DROPPED: Final = frozenset({"pattern", "patternProperties", "$schema", "$id"})
_OF_NAMES: Final = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
"""Where keys are names, and not what JSON Schema means by them."""


class UnusableSchema(ValueError):
    """No schema that a call could be validated with."""


def parameters_of(schema: Mapping[str, Any]) -> type[Parameters]:
    """The model. Raises `UnusableSchema`."""
    from jsonschema import Draft202012Validator, SchemaError  # an extra
    from jsonschema.exceptions import best_match
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    if len(json.dumps(schema)) > SIZE_LIMIT:
        raise UnusableSchema("it is too large")
    checked = {"additionalProperties": False, **_without_patterns(dict(schema), 0), "type": "object"}
    try:
        Draft202012Validator.check_schema(checked)
    except SchemaError as error:
        raise UnusableSchema("it is no JSON Schema") from error
    validator = Draft202012Validator(checked, registry=Registry())
    shown = {**schema, "type": "object", "additionalProperties": checked["additionalProperties"]}

    class Given(Parameters):
        model_config = ConfigDict(frozen=True, extra="allow")

        @model_validator(mode="before")
        @classmethod
        def _as_the_server_wants(cls, given: Any) -> Any:
            try:
                error = best_match(validator.iter_errors(given))
            except (Unresolvable, RecursionError) as unusable:
                raise PydanticCustomError("schema", "its schema refers to what is not there") from unusable
            if error is not None:
                place = ".".join(map(str, error.absolute_path))
                said = one_line(f"{place}: {error.message}" if place else error.message, SAID)
                raise PydanticCustomError("schema", "{said}", {"said": said})
            return given

        @classmethod
        def model_json_schema(cls, *_: Any, **__: Any) -> dict[str, Any]:
            return shown

    return Given


def _without_patterns(node: Any, depth: int, *, names: bool = False) -> Any:
    if depth > DEPTH_LIMIT:
        raise UnusableSchema("it is too deep")
    if isinstance(node, list):
        return [_without_patterns(one, depth + 1) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_patterns(value, depth + 1, names=not names and key in _OF_NAMES)
        for key, value in node.items()
        if names or key not in _DROPPED
    }
