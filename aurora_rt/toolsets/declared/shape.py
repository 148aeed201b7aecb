"""What a YAML file of a toolset may hold. What is not named here is refused: nothing is silently ignored."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from aurora_rt.settings import named_variable
from aurora_rt.toolsets.declared import words
from aurora_rt.toolsets.mcp import addresses
from aurora_rt.toolsets.redaction import redacted
from aurora_rt.toolsets.toolset import Parameters

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Sentence = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]
VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Stands for an environment variable, in values that may be secrets."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Needs(_Part):
    """What must be there for a toolset to be usable."""

    programs: tuple[str, ...] = ()
    paths: tuple[PurePosixPath, ...] = ()


class Parameter(_Part):
    """One parameter of a tool. One with a default, or `required: false`, may be left out."""

    type: Literal["string", "integer", "number", "boolean", "choice"]
    description: Sentence
    required: bool = True
    default: str | int | float | bool | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    """A regular expression that the whole value matches."""
    minimum: float | None = None
    maximum: float | None = None
    example: str | None = None
    """A value that matches the pattern, for the check at start-up."""

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Parameter":
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choices belong to the type choice, which needs some")
        if self.type != "string" and (self.pattern or self.example):
            raise ValueError("pattern and example belong to the type string")
        if self.type not in ("integer", "number") and (self.minimum, self.maximum) != (None, None):
            raise ValueError("minimum and maximum belong to the types integer and number")
        return self

    @property
    def always(self) -> bool:
        """Whether it has a value in every call."""
        return self.required or self.default is not None


class Optional(_Part):
    """Words that are there when the parameter `when` is given, or true."""

    when: str
    words: tuple[str, ...] = Field(min_length=1)


class Command(_Part):
    """A tool that is a command template."""

    name: Name
    description: Sentence
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    command: tuple[str | Optional, ...] = Field(min_length=1)
    timeout: float = Field(10.0, gt=0, le=120)
    fresh_for: float = Field(0.0, ge=0, le=3600)
    succeeds_with: tuple[int, ...] = (0,)
    empty: Sentence = "Nothing was printed."
    facts: Literal["lines"] | None = None

    @model_validator(mode="after")
    def _can_be_filled(self) -> "Command":
        clash = next(
            (one for one in self.parameters if one in words.WINDOW or hasattr(Parameters, one)), None
        )
        if clash:
            raise ValueError(f"a parameter may not be called {clash!r}")
        if not isinstance(self.command[0], str) or words.named(self.command[0]):
            raise ValueError("the first word of a command is its program, without a parameter in it")
        for part in self.command:
            self._known(part)
        if self.fresh_for and words.WINDOW & {name for one in self.every_word() for name in words.named(one)}:
            raise ValueError("what depends on the incident's window cannot be fresh for another incident")
        unused = self.parameters.keys() - self._used()
        if unused:
            raise ValueError(f"the command does not use the parameter {min(unused)!r}")
        return self

    def every_word(self) -> tuple[str, ...]:
        """All words of the template, those that are optional too."""
        return tuple(
            word for part in self.command for word in ((part,) if isinstance(part, str) else part.words)
        )

    def _used(self) -> set[str]:
        conditions = {part.when for part in self.command if isinstance(part, Optional)}
        return conditions | {name for word in self.every_word() for name in words.named(word)}

    def _known(self, part: str | Optional) -> None:
        condition = None if isinstance(part, str) else part.when
        if condition is not None and condition not in self.parameters:
            raise ValueError(f"when: there is no parameter {condition!r}")
        for word in (part,) if isinstance(part, str) else part.words:
            for name in words.named(word) - words.WINDOW:
                self._fits(word, name, condition)

    def _fits(self, word: str, name: str, condition: str | None) -> None:
        parameter = self.parameters.get(name)
        if parameter is None:
            raise ValueError(f"{word!r} names the parameter {name!r}, which is not declared")
        if parameter.type == "boolean":
            raise ValueError(f"{word!r}: a boolean has no text; use it as {{when: {name}, words: […]}}")
        if not parameter.always and name != condition:
            raise ValueError(
                f"{word!r} needs {name!r}, which may be missing; put it into {{when: {name}, …}}"
            )


class _File(_Part):
    name: Name
    title: Sentence
    description: Sentence
    cost: Literal["low", "moderate", "high"]


class CommandsFile(_File):
    """A file whose tools are command templates."""

    needs: Needs = Needs()
    tools: tuple[Command, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> "CommandsFile":
        names = [tool.name for tool in self.tools]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"there are two tools {twice!r}")
        return self


class Server(_Part):
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
        for name, value in {**self.environment, **self.headers}.items():
            if not VARIABLE.search(value) and redacted(f"{name}: {value}") != f"{name}: {value}":
                raise ValueError(f"{name} is a secret; set a variable and write ${{VARIABLE}} here")
        return self


class ServerFile(_File):
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


def resolved(values: Mapping[str, str]) -> dict[str, str]:
    """Values with the environment's in place of `${NAME}`."""
    return {
        name: VARIABLE.sub(lambda found: named_variable(found.group(1)) or "", value)
        for name, value in values.items()
    }


def unset(server: Server) -> str | None:
    """A variable that is named and not set, if there is one."""
    values = (*server.environment.values(), *server.headers.values())
    named = (name for value in values for name in VARIABLE.findall(value))
    return next((name for name in named if not named_variable(name)), None)


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
    if addresses.forbidden(host):
        raise ValueError("the url is an address of this machine's own metadata, which is not asked")
