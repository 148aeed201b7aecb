"""What a YAML file may hold that names a server: one of the Model Context Protocol, or of plain HTTP."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from aurora_rt.redaction import redacted
from aurora_rt.settings import named_variable
from aurora_rt.toolsets.declared.shape import File, Part, Template, each_once
from aurora_rt.toolsets.guard import forbidden

VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Stands for an environment variable, in values that may be secrets."""


class Server(Part):
    """Where a server of the Model Context Protocol is: a program that is started, or an address."""

    command: tuple[str, ...] | None = Field(None, min_length=1)
    environment: dict[str, str] = Field(default_factory=dict)
    url: str | None = None
    headers: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one_of_them(self) -> "Server":
        if (self.command is None) == (self.url is None):
            raise ValueError("give either a command or a url")
        if (self.url is None and self.headers) or (self.command is None and self.environment):
            raise ValueError("headers belong to a url, and environment to a command")
        if self.url is not None:
            _is_an_address(self.url)
        if any(VARIABLE.search(word) for word in (*(self.command or ()), self.url or "")):
            raise ValueError("${…} is for values of environment and headers alone")
        _hold_no_secret({**self.environment, **self.headers})
        return self


class ServerFile(File):
    """A file that names a server; its tools are the server's own, as far as they are allowed."""

    mcp: Server
    tools: tuple[str, ...] = ()
    read_only: bool = False
    """Whether tools that say of themselves that they only read are offered, beside those of `tools`."""
    timeout: float = Field(20.0, gt=0, le=120)

    @model_validator(mode="after")
    def _offers_something(self) -> "ServerFile":
        if not self.tools and not self.read_only:
            raise ValueError("no tool would be offered: list some under tools, or say read_only: true")
        return self


class Endpoint(Part):
    """Where an HTTP server is."""

    url: str
    headers: dict[str, str] = Field(default_factory=dict)
    health: str = Field("/", pattern=r"^/")
    """A path that answers when the server is well."""

    @model_validator(mode="after")
    def _is_an_address(self) -> "Endpoint":
        _is_an_address(self.url)
        if VARIABLE.search(self.url):
            raise ValueError("${…} is for values of headers alone")
        _hold_no_secret(self.headers)
        return self


class Request(Template):
    """A tool that is a GET of a path; a part of the query whose parameter is not given is left out."""

    path: str = Field(pattern=r"^/[^?#]*$")
    query: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _can_be_filled(self) -> "Request":
        missing = next((name for name, one in self.known(self.path).items() if not one.always), None)
        if missing:
            raise ValueError(f"the path needs {missing!r}, which may be missing")
        for text in self.query.values():
            self.known(text)
        self.check((self.path, *self.query.values()))
        return self


class RequestsFile(File):
    """A file whose tools are requests to one server."""

    http: Endpoint
    tools: tuple[Request, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> "RequestsFile":
        each_once(self.tools)
        return self


def resolved(values: Mapping[str, str]) -> dict[str, str]:
    """Values with the environment's in place of `${NAME}`."""
    return {
        name: VARIABLE.sub(lambda found: named_variable(found.group(1)) or "", value)
        for name, value in values.items()
    }


def unset(values: Mapping[str, str]) -> str | None:
    """Why the values cannot be used, when a variable is named and not set."""
    named = (name for value in values.values() for name in VARIABLE.findall(value))
    missing = next((name for name in named if not named_variable(name)), None)
    return None if missing is None else f"The environment variable {missing}, which it needs, is not set."


def _hold_no_secret(values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if not VARIABLE.search(value) and redacted(f"{name}: {value}") != f"{name}: {value}":
            raise ValueError(f"{name} is a secret; set a variable and write ${{VARIABLE}} here")


def _is_an_address(url: str) -> None:
    try:
        parsed = urlsplit(url)
        host = parsed.hostname
    except ValueError:
        host = None
    if not host or parsed.scheme not in ("http", "https"):
        raise ValueError("the url must be an address such as https://host/mcp")
    if parsed.username or parsed.password:
        raise ValueError("the url must not hold a password; use headers")
    reason = forbidden(host, private=True)
    if reason is not None:
        raise ValueError(f"the address of the url {reason}")
