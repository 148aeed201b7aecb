"""Declared parameters as a model: what validates a call, and gives its JSON Schema."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, create_model
from pydantic_core import SchemaError

from aurora_rt.toolsets.declared.shape import Parameter
from aurora_rt.toolsets.toolset import Parameters

LENGTH: Final = 500
_SAMPLES: Final = ("example", "example.service", "example.com", "192.0.2.1", "1", "/example", "a")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def _one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("must be one line of text")
    return value


def model_of(declared: Mapping[str, Parameter]) -> type[Parameters]:
    """The model. Raises `ValueError` when a pattern or a default cannot be."""
    fields: dict[str, Any] = {}
    for name, parameter in declared.items():
        kind = _type_of(name, parameter)
        if parameter.default is not None and _refuses(kind, parameter.default):
            raise ValueError(f"parameters.{name}: the default {parameter.default!r} is not one of its values")
        default = ... if parameter.required and parameter.default is None else parameter.default
        kind = kind if parameter.always else kind | None
        fields[name] = (kind, Field(default, description=parameter.description))
    return create_model("Parameters", __base__=Parameters, **fields)


def samples(name: str, parameter: Parameter) -> tuple[object, ...]:
    """Values that a call may have: each choice, or one. Raises `ValueError` when none is known."""
    kind = _type_of(name, parameter)
    given = () if parameter.default is None else (parameter.default,)
    match parameter.type:
        case "choice":
            return parameter.choices
        case "boolean":
            return (True,)
        case "string":
            candidates: tuple[object, ...] = (
                (parameter.example,) if parameter.example else (*given, *_SAMPLES)
            )
        case _:
            bounds = (one for one in (parameter.minimum, parameter.maximum) if one is not None)
            candidates = (*given, 1, *bounds)
    found = next((one for one in candidates if not _refuses(kind, one)), None)
    if found is None:
        raise ValueError(f"parameters.{name}: give an example that can be its value")
    return (TypeAdapter(kind).validate_python(found),)


def _type_of(name: str, parameter: Parameter) -> Any:
    match parameter.type:
        case "string":
            pattern = None if parameter.pattern is None else rf"\A(?:{parameter.pattern})\z"
            kind = Annotated[
                str, Field(min_length=1, max_length=LENGTH, pattern=pattern), AfterValidator(_one_line)
            ]
            try:
                TypeAdapter(kind)
            except SchemaError as error:
                raise ValueError(f"parameters.{name}: the pattern cannot be understood") from error
            return kind
        case "integer":
            return Annotated[int, Field(ge=_whole(parameter.minimum), le=_whole(parameter.maximum))]
        case "number":
            return Annotated[float, Field(ge=parameter.minimum, le=parameter.maximum, allow_inf_nan=False)]
        case "boolean":
            return bool
        case "choice":
            return Literal[parameter.choices]


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def _refuses(kind: Any, value: object) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return True
    return False
