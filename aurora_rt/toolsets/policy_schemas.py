"""Command policies as the API shows and takes them."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic.alias_generators import to_camel

from aurora_rt.toolsets.policies import Tried
from aurora_rt.toolsets.policy import PATTERN_LIMIT, Mode, Rule
from aurora_rt.web.bodies import Body

COMMAND_LIMIT = 2000

Pattern = Annotated[str, Field(min_length=1, max_length=PATTERN_LIMIT, examples=["kubectl get *"])]
Description = Annotated[str, Field(max_length=500, examples=["Nobody looks into production."])]
Priority = Annotated[int, Field(ge=0, le=10_000, strict=True, examples=[100])]


class _Camel(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class NewCommandPolicy(Body, alias_generator=to_camel):
    """A rule to be made."""

    mode: Mode
    pattern: Pattern
    description: Description = ""
    priority: Priority = 100
    enabled: StrictBool = True


class CommandPolicyChange(Body, alias_generator=to_camel):
    """What is to be changed about a rule; what is left out stays as it is."""

    mode: Mode | None = None
    pattern: Pattern | None = None
    description: Description | None = None
    priority: Priority | None = None
    enabled: StrictBool | None = None


class ShownCommandPolicy(_Camel):
    """A rule about commands, of an organization."""

    id: UUID
    mode: Mode
    pattern: Annotated[str, Field(examples=["kubectl get *"])]
    """A glob over the words of a command: `*` as a word is any number of words."""
    description: Annotated[str, Field(examples=["Nobody looks into production."])]
    priority: int
    enabled: bool

    @classmethod
    def of(cls, rule: Rule) -> "ShownCommandPolicy":
        """A rule as it is shown."""
        return cls(
            id=rule.id,
            mode=rule.mode,
            pattern=rule.pattern,
            description=rule.description,
            priority=rule.priority,
            enabled=rule.enabled,
        )


class CommandPolicies(_Camel):
    """The rules of an organization, and whether only what an allow rule matches may run."""

    policies: tuple[ShownCommandPolicy, ...]
    only_allowed: bool


class CommandToTry(Body, alias_generator=to_camel):
    """A command line as a person types it."""

    command: Annotated[str, Field(max_length=COMMAND_LIMIT, examples=["kubectl get pods"])]


class TriedCommand(_Camel):
    """Whether a command would run, and why. `argv` is empty when it is not one plain command."""

    command: Annotated[str, Field(examples=["kubectl get pods"])]
    allowed: bool
    reason: Annotated[str, Field(examples=["It only reads, and no rule of the organization denies it."])]
    rule: ShownCommandPolicy | None
    argv: tuple[str, ...]

    @classmethod
    def of(cls, command: str, tried: Tried) -> "TriedCommand":
        """What became of a command."""
        decision = tried.decision
        return cls(
            command=command,
            allowed=decision.allowed,
            reason=decision.reason,
            rule=ShownCommandPolicy.of(decision.rule) if decision.rule else None,
            argv=tried.argv,
        )


class RemovedCommandPolicy(_Camel):
    """A rule that is gone."""

    message: str
