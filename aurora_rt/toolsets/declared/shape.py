"""What a YAML file of a toolset may hold. What is not named here is refused: nothing is silently ignored."""

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from aurora_rt.toolsets.declared import words
from aurora_rt.toolsets.toolset import Parameters

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Sentence = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]


class Part(BaseModel):
    """A part of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Needs(Part):
    """What must be there for a toolset to be usable."""

    programs: tuple[str, ...] = ()
    paths: tuple[PurePosixPath, ...] = ()


class Parameter(Part):
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


class Optional(Part):
    """Words that are there when the parameter `when` is given, or true."""

    when: str
    words: tuple[str, ...] = Field(min_length=1)


class Template(Part):
    """A tool that is a template of some kind, filled with its parameters."""

    name: Name
    description: Sentence
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    timeout: float = Field(10.0, gt=0, le=120)
    fresh_for: float = Field(0.0, ge=0, le=3600)
    empty: Sentence = "The answer is empty."
    facts: Literal["lines"] | None = None

    def check(self, texts: Iterable[str], conditions: Iterable[str] = ()) -> None:
        """Raises `ValueError` when texts and parameters do not belong together."""
        used = {name for one in texts for name in words.named(one)}
        clash = next(
            (one for one in self.parameters if one in words.WINDOW or hasattr(Parameters, one)), None
        )
        if clash:
            raise ValueError(f"a parameter may not be called {clash!r}")
        if self.fresh_for and words.WINDOW & used:
            raise ValueError("what depends on the incident's window cannot be fresh for another incident")
        unused = self.parameters.keys() - used - set(conditions)
        if unused:
            raise ValueError(f"the parameter {min(unused)!r} is declared and not used")

    def known(self, text: str) -> dict[str, Parameter]:
        """The parameters that a text names. Raises `ValueError` for one that is not declared."""
        named = sorted(words.named(text) - words.WINDOW)
        strange = next((name for name in named if name not in self.parameters), None)
        if strange:
            raise ValueError(f"{text!r} names the parameter {strange!r}, which is not declared")
        return {name: self.parameters[name] for name in named}


class Command(Template):
    """A tool that is a command template."""

    command: tuple[str | Optional, ...] = Field(min_length=1)
    succeeds_with: tuple[int, ...] = (0,)

    @model_validator(mode="after")
    def _can_be_filled(self) -> "Command":
        if not isinstance(self.command[0], str) or words.named(self.command[0]):
            raise ValueError("the first word of a command is its program, without a parameter in it")
        for part in self.command:
            self._fits(part)
        conditions = {part.when for part in self.command if isinstance(part, Optional)}
        self.check(self.every_word(), conditions)
        return self

    def every_word(self) -> tuple[str, ...]:
        """All words of the template, those that are optional too."""
        return tuple(
            word for part in self.command for word in ((part,) if isinstance(part, str) else part.words)
        )

    def _fits(self, part: str | Optional) -> None:
        condition = None if isinstance(part, str) else part.when
        if condition is not None and condition not in self.parameters:
            raise ValueError(f"when: there is no parameter {condition!r}")
        for word in (part,) if isinstance(part, str) else part.words:
            for name, parameter in self.known(word).items():
                if parameter.type == "boolean":
                    raise ValueError(f"{word!r}: a boolean is no word; use {{when: {name}, words: […]}}")
                if not parameter.always and name != condition:
                    raise ValueError(f"{word!r}: {name!r} may be missing; put it into {{when: {name}, …}}")


class File(Part):
    """What every file says."""

    name: Name
    title: Sentence
    description: Sentence
    cost: Literal["low", "moderate", "high"]


class CommandsFile(File):
    """A file whose tools are command templates."""

    needs: Needs = Needs()
    tools: tuple[Command, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> "CommandsFile":
        each_once(self.tools)
        return self


def each_once(tools: Iterable[Template]) -> None:
    """Raises `ValueError` when two tools have the same name."""
    names = [tool.name for tool in tools]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"there are two tools {twice!r}")
