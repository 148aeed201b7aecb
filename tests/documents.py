"""What one OpenAPI document takes away from those who rely on an older one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """One field of a body or an answer, by what a client's code depends on."""

    types: frozenset[str]
    required: bool
    values: frozenset[Any] | None


def operations(document: Document) -> dict[tuple[str, str], dict[str, Any]]:
    """Every operation, by method and path."""
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def losses(before: Document, after: Document) -> list[str]:
    """Everything that worked with `before` and does not with `after`, in words."""
    now = operations(after)
    found = []
    for (method, path), operation in operations(before).items():
        name = f"{method} {path}"
        if (method, path) not in now:
            found.append(f"{name} is gone")
            continue
        other = now[method, path]
        if operation["operationId"] != other["operationId"]:
            found.append(f"{name} has another operationId, so generated clients another function")
        if security(before, operation) == [] and security(after, other) != []:
            found.append(f"{name} asks who is calling")
        found += [f"{name}: {loss}" for loss in _lost_parameters(operation, other)]
        found += [
            f"{name}: {loss}"
            for loss in _lost_in_body(fields_of_body(before, operation), fields_of_body(after, other))
        ]
        found += [f"{name}: {loss}" for loss in _lost_in_answers(before, operation, after, other)]
    return found


def schema_losses(
    before: Document, old: Mapping[str, Any], after: Document, new: Mapping[str, Any], *, is_body: bool
) -> list[str]:
    """What one schema takes away from those who rely on another: who send it, or who read it."""
    mine, other = (
        dict(_walk(before, old, "", True, frozenset())),
        dict(_walk(after, new, "", True, frozenset())),
    )
    if is_body:
        return list(_lost_in_body(mine, other))
    return list(_lost_in_answer(mine, other, "it"))


def security(document: Document, operation: Mapping[str, Any]) -> list[Any]:
    """The ways in of an operation; none when it is public."""
    return operation.get("security", document.get("security", []))


def fields_of_body(document: Document, operation: Mapping[str, Any]) -> dict[str, Field]:
    """The fields of a request body, by path."""
    return _fields_of(document, operation.get("requestBody", {}))


def _lost_parameters(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    old, new = (
        {(one["in"], one["name"]): one for one in operation.get("parameters", ())}
        for operation in (before, after)
    )
    for kind, name in old.keys() - new.keys():
        yield f"the {kind} parameter {name} is gone"
    for key, parameter in new.items():
        if parameter.get("required") and not old.get(key, {}).get("required"):
            yield f"the {key[0]} parameter {key[1]} is required"


def _lost_in_body(before: Mapping[str, Field], after: Mapping[str, Field]) -> Iterator[str]:
    for path, old in before.items():
        new = after.get(path)
        if new is None:
            yield f"the body's field {path} is gone"
        elif old.types - new.types:
            yield f"the body's field {path} takes no {', '.join(sorted(old.types - new.types))}"
        elif new.values is not None and (old.values is None or old.values - new.values):
            yield f"the body's field {path} takes fewer values"
    for path, new in after.items():
        is_new = path not in before
        if new.required and (_holder(path) in before if is_new else not before[path].required):
            yield f"the body's field {path} is required"


def _holder(path: str) -> str:
    """What a field is a part of, by path: an object, a list, or an object of names that are not known."""
    return path[:-2] if path.endswith(("[]", "{}")) else path.rpartition(".")[0]


def _lost_in_answers(
    before: Document, old: Mapping[str, Any], after: Document, new: Mapping[str, Any]
) -> Iterator[str]:
    for status, response in old["responses"].items():
        if status not in new["responses"]:
            yield f"the status {status} is gone"
            continue
        fields = _fields_of(after, new["responses"][status])
        yield from _lost_in_answer(_fields_of(before, response), fields, status)


def _lost_in_answer(before: Mapping[str, Field], after: Mapping[str, Field], name: str) -> Iterator[str]:
    for path, field in before.items():
        kept = after.get(path)
        if kept is None:
            yield f"the field {path} of {name} is gone"
        elif kept.types - field.types:
            yield f"the field {path} of {name} may be {', '.join(sorted(kept.types - field.types))}"
        elif field.required and not kept.required:
            yield f"the field {path} of {name} may be missing"


def _fields_of(document: Document, holder: Mapping[str, Any]) -> dict[str, Field]:
    holder = _resolved(document, holder)
    found: dict[str, Field] = {}
    for content in holder.get("content", {}).values():
        for path, field in _walk(document, content["schema"], "", True, frozenset()):
            known = found.get(path)
            found[path] = _joined(known, field) if known else field
    return found


def _walk(
    document: Document, schema: Mapping[str, Any], path: str, required: bool, seen: frozenset[str]
) -> Iterator[tuple[str, Field]]:
    if "$ref" in schema:
        if schema["$ref"] not in seen:
            yield from _walk(document, _resolved(document, schema), path, required, seen | {schema["$ref"]})
        return
    choices = [one for key in ("anyOf", "oneOf", "allOf") for one in schema.get(key, ())]
    for choice in choices:
        yield from _walk(document, choice, path, required, seen)
    if not choices:
        types = schema.get("type", ())
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        yield (
            path,
            Field(
                frozenset([types] if isinstance(types, str) else types),
                required,
                None if values is None else frozenset(values),
            ),
        )
    for name, inner in schema.get("properties", {}).items():
        yield from _walk(document, inner, f"{path}.{name}", name in schema.get("required", ()), seen)
    for key, mark in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(schema.get(key), Mapping):
            yield from _walk(document, schema[key], path + mark, True, seen)


def _joined(one: Field, other: Field) -> Field:
    both = one.values is not None and other.values is not None
    return Field(
        one.types | other.types,
        one.required and other.required,
        (one.values or frozenset()) | (other.values or frozenset()) if both else None,
    )


def _resolved(document: Document, holder: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in holder:
        found: Any = document
        for part in holder["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        holder = found
    return holder
