"""The document: quart-schema's, with what every route's decorators imply."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from quart import Quart
from quart_schema import QuartSchema
from quart_schema.openapi import OpenAPIProvider
from quart_schema.typing import Model
from quart_schema.validation import DataSource
from werkzeug.routing import BaseConverter, Rule, UUIDConverter

from aurora_rt.errors import Misconfigured
from aurora_rt.web.limited import limit_of
from aurora_rt.web.openapi import failures, implied, shapes
from aurora_rt.web.openapi.declared import declared_statuses, is_public
from aurora_rt.web.openapi.examples import example
from aurora_rt.web.origin import SAFE_METHODS

NeededRole = Callable[[Quart, str, str], str]
"""The least role for a method of an endpoint, as `identity.http.needed_role` tells it."""

LEAST_ROLE: Final = "viewer"
Operation = dict[str, Any]


class Document(OpenAPIProvider):
    """Makes the document of an app. Every endpoint that is not hidden is in it."""

    def __init__(self, app: Quart, extension: QuartSchema, needed_role: NeededRole) -> None:
        super().__init__(app, extension)
        self._routes = app
        self._needed_role = needed_role
        self._schemas: dict[str, Any] = {}

    def schema(self) -> dict[str, Any]:
        """The whole document. Raises `Misconfigured` when two shapes have one name."""
        _, failure = shapes.named(failures.Failure, "serialization")
        self._schemas = dict(failure)
        document = super().schema()
        document["paths"] = {path: document["paths"][path] for path in sorted(document["paths"])}
        document["tags"] = list(self._tags())
        document["components"] |= {
            "schemas": {name: self._schemas[name] for name in sorted(self._schemas)},
            "responses": failures.components(self._packages()),
            "headers": failures.HEADERS,
        }
        return document

    def generate_rules(self) -> Iterable[Rule]:
        """The routes of blueprints; what quart itself adds is not part of the API."""
        return [rule for rule in super().generate_rules() if "." in rule.endpoint]

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        """The operations of a rule, with everything that follows from its decorators."""
        paths, components = super().build_paths(rule)
        for operations in paths.values():
            for method, operation in operations.items():
                operations[method] = self._completed(rule, method.upper(), operation)
        return paths, components

    def build_path_parameter(self, name: str, converter: BaseConverter) -> dict[str, Any]:
        """A part of the path; ids say that they are UUIDs."""
        parameter = super().build_path_parameter(name, converter)
        if isinstance(converter, UUIDConverter):
            parameter["schema"] = {"type": "string", "format": "uuid"}
        elif parameter["schema"] == {"type": "string"}:
            parameter["schema"] = {"type": "string", "minLength": 1}
        return {**parameter, "example": example(parameter["schema"], {}, name)}

    def build_querystring_parameters(self, model: type[Model]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The parameters of a query."""
        found = []
        for parameter, schemas in shapes.parameters(model):
            self._add(schemas)
            found.append(parameter)
        return found, {}

    def build_request_body(
        self, model: type[Model], source: DataSource
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A body, by name and with an example."""
        body, _ = super().build_request_body(model, source)
        reference, schemas = shapes.named(model, "validation")
        self._add(schemas)
        for content in body["content"].values():
            content |= {"schema": reference, "example": example(reference, self._schemas)}
        return {**body, "required": True}, {}

    def build_response_object(
        self, model: type[Model], headers_model: type[Model] | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """An answer, by name and with an example."""
        response, _ = super().build_response_object(model, headers_model)
        reference, schemas = shapes.named(model, "serialization")
        self._add(schemas)
        response["description"] = response["description"].partition("\n\n")[0].replace("\n", " ")
        content = response["content"]["application/json"]
        content |= {"schema": reference, "example": example(reference, self._schemas)}
        return response, {}

    def _completed(self, rule: Rule, method: str, operation: Operation) -> Operation:
        headers = failures.header_refs(is_limited=self._is_limited(rule))
        responses = {
            str(status): {**response, "headers": headers}
            for status, response in operation["responses"].items()
        }
        for status in sorted(self._failing(rule, method, operation)):
            responses.setdefault(str(status), failures.ref(status))
        if "summary" in operation:
            operation["summary"] = operation["summary"].replace("`", "")  # plain text, unlike a description
        completed = {key: value for key, value in operation.items() if value or key == "security"} | {
            "operationId": self._operation_id(rule, method),
            "tags": [rule.endpoint.rpartition(".")[0]],
            "responses": dict(sorted(responses.items())),
        }
        if is_public(self._routes, rule.endpoint):
            completed.setdefault("security", [])
        return completed

    def _failing(self, rule: Rule, method: str, operation: Operation) -> set[int]:
        parameters = operation["parameters"]
        call = implied.Traits(
            unsafe=method not in SAFE_METHODS,
            public=is_public(self._routes, rule.endpoint),
            limited=self._is_limited(rule),
            restricted=self._needed_role(self._routes, rule.endpoint, method) != LEAST_ROLE,
            names_something=any(one["in"] == "path" for one in parameters),
            free_text=any(
                one["in"] == "query" or one["schema"].get("format") != "uuid" for one in parameters
            ),
            has_body="requestBody" in operation,
        )
        return implied.statuses(call) | declared_statuses(self._routes.view_functions[rule.endpoint])

    def _is_limited(self, rule: Rule) -> bool:
        return limit_of(self._routes, rule.endpoint).name != "none"

    def _operation_id(self, rule: Rule, method: str) -> str:
        """The endpoint's name; where it has several rules or methods, with what sets this one apart."""
        rules = list(self._routes.url_map.iter_rules(rule.endpoint))
        shared = set.intersection(*(set(other.arguments) for other in rules))
        parts = [
            rule.endpoint.replace(".", "_"),
            *(f"with_{name}" for name in sorted(rule.arguments - shared)),
        ]
        methods = {name for other in rules for name in other.methods or ()} - {"HEAD", "OPTIONS"}
        return "_".join([*parts, method.lower()] if len(methods) > 1 else parts)

    def _tags(self) -> Iterable[dict[str, str]]:
        used = {rule.endpoint.rpartition(".")[0] for rule in self.generate_rules()}
        for name in sorted(used):
            module = sys.modules[self._routes.blueprints[name].import_name]
            yield {"name": name, "description": (inspect.getdoc(module) or "").partition("\n")[0]}

    def _packages(self) -> set[str]:
        """The packages whose errors a caller can meet: those with routes, and what all of them build on."""
        names = {rule.endpoint.rpartition(".")[0] for rule in self.generate_rules()}
        of_routes = {self._routes.blueprints[name].import_name.rpartition(".")[0] for name in names}
        return of_routes | {"aurora_rt.errors", "aurora_rt.web"}

    def _add(self, schemas: Mapping[str, Any]) -> None:
        for name, schema in schemas.items():
            if self._schemas.setdefault(name, schema) != schema:
                raise Misconfigured(
                    f"Two shapes of the API are named {name}; a document needs one of them renamed."
                )
