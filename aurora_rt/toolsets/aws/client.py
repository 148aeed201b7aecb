"""Asking AWS: a signed request, and the answer read into a shape, whichever way the service speaks."""

import asyncio
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

import httpx
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.aliases import AliasChoices

from aurora_rt.connectors import xml
from aurora_rt.connectors.sigv4 import Signature
from aurora_rt.toolsets.aws.account import ENDPOINT, Account
from aurora_rt.toolsets.aws.failures import explained
from aurora_rt.toolsets.aws.services import SERVICES, SIGNING, Service
from aurora_rt.toolsets.clouds.shapes import Answered
from aurora_rt.toolsets.servers import Call, Server, ask, fetch
from aurora_rt.toolsets.toolset import Access, ToolFailed

PAGES: Final = 4
"""Pages of an answer that are read."""

Shape = TypeVar("Shape")
PageT = TypeVar("PageT", bound="Page")


class Part(Answered):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Page(Part):
    """A page of an answer."""

    next: str | None = Field(None, validation_alias=AliasChoices("nextToken", "NextToken", "Marker"))


@dataclass(frozen=True, slots=True)
class Request:
    """An operation of a service. `page_by` is the parameter that asks for the next page."""

    service: Service
    operation: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    page_by: str = "nextToken"


def request(service: str, operation: str, page_by: str = "nextToken", **parameters: object) -> Request:
    """An operation of a service by its name."""
    return Request(SERVICES[service], operation, parameters, page_by)


@dataclass(frozen=True, slots=True)
class Aws:
    """AWS, as one account sees it."""

    account: Account
    http: httpx.AsyncClient = field(repr=False)
    timeout: float

    async def ask(self, wanted: Request, shape: type[Shape]) -> Shape:
        """Make a request and read its answer. Raises `ToolFailed`."""
        server, call = self._server(wanted), self._call(wanted)
        try:
            if wanted.service.protocol == "json":
                return await ask(server, self.http, call, shape)
            body = await fetch(server, self.http, call)
            return await asyncio.to_thread(_read_xml, server, call, body, shape)
        except ToolFailed as failed:
            raise explained(failed, self.account, wanted.service, wanted.operation) from None

    async def pages(self, wanted: Request, shape: type[PageT], most: int = PAGES) -> tuple[list[PageT], bool]:
        """The first pages of an answer, and whether there are more. Raises `ToolFailed`."""
        found = [await self.ask(wanted, shape)]
        while (after := found[-1].next) and len(found) < most:
            following = {**wanted.parameters, wanted.page_by: after}
            found.append(await self.ask(replace(wanted, parameters=following), shape))
        return found, bool(found[-1].next)

    def command(self, wanted: Request) -> str:
        """What to type to see the same."""
        flags = [
            f"--{_kebab(name)} {shlex.quote(value if isinstance(value, str) else json.dumps(value))}"
            for name, value in wanted.parameters.items()
        ]
        start = f"aws {wanted.service.name} {_kebab(wanted.operation)} --region {self.account.region}"
        return " ".join([start, *flags])

    def _server(self, wanted: Request) -> Server:
        service, region = wanted.service, self.account.region
        domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
        base = httpx.URL(self.account.endpoint or f"https://{service.prefix}.{region}.{domain}")
        if service.protocol == "json":
            headers = {
                "Content-Type": f"application/x-amz-json-{service.version}",
                "X-Amz-Target": f"{service.target}.{wanted.operation}",
            }
        else:
            headers = {"Accept": "application/xml"}
        return Server(
            base.copy_with(userinfo=b""),
            Signature(self.account, SIGNING.get(service.prefix, service.prefix)),
            self.timeout,
            f"{service.name} service of AWS",
            ENDPOINT,
            headers,
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY need a user who may read it",
        )

    def _call(self, wanted: Request) -> Call:
        service, command = wanted.service, self.command(wanted)
        if service.protocol == "json":
            return Call("/", command=command, body=dict(wanted.parameters))
        head = {"Action": wanted.operation, "Version": service.version}
        return Call("/", {**head, **flat(wanted.parameters, service.protocol == "ec2")}, command, form=True)


def aws_of(account: Account, access: Access) -> Aws:
    """AWS as `account` sees it, asked with what a tool has."""
    return Aws(account, access.http, access.settings.tool_timeout)


def flat(parameters: Mapping[str, object], ec2: bool) -> dict[str, str]:
    """Parameters as forms of the query protocol write them: `Dimensions.member.1.Name`, for EC2 `Filter.1.Name`."""
    found: dict[str, str] = {}
    for name, value in parameters.items():
        _flatten(name, value, ec2, found)
    return found


def _flatten(name: str, value: object, ec2: bool, found: dict[str, str]) -> None:
    if isinstance(value, Mapping):
        for inner, one in value.items():
            _flatten(f"{name}.{inner}", one, ec2, found)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        each = name.removesuffix("s") if ec2 else f"{name}.member"
        for number, one in enumerate(value, 1):
            _flatten(f"{each}.{number}", one, ec2, found)
    else:
        found[name] = str(value).lower() if isinstance(value, bool) else str(value)


def _read_xml(server: Server, call: Call, body: bytes, shape: type[Shape]) -> Shape:
    text = body[:2000].decode(errors="replace")
    try:
        value: Any = xml.read(body)
        if isinstance(value, dict):  # the query protocol wraps what it gives once more, EC2 does not
            value = next((one for name, one in value.items() if name.endswith("Result")), value)
        return TypeAdapter(shape).validate_python(value or {})
    except xml.NotReadable as error:
        raise call.failed(
            f"What answers at {server.place} does not speak as AWS does ({error}); is {server.setting} the right "
            "address?",
            text,
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the whole"
        raise call.failed(
            f"The answer from {server.place} is not what the {server.what} gives ({where}: {first['msg']}).",
            text,
        ) from error


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
