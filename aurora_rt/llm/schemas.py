"""Language models as the API shows and takes them. A key is taken and never shown."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SecretStr
from pydantic.alias_generators import to_camel

from aurora_rt.llm.models import DayOfModel, Price
from aurora_rt.llm.names import LONGEST
from aurora_rt.web.bodies import Body
from aurora_rt.web.query import Query

Money = Annotated[Decimal, PlainSerializer(float, return_type=float), Field(ge=0, examples=[0.0421])]
"""US dollars."""
ModelName = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST, pattern=r"^[A-Za-z0-9~@][A-Za-z0-9._:/@+~-]*$"),
]


class _Camel(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class ShownPrice(_Camel):
    """US dollars for a million tokens."""

    input: Money
    output: Money

    @classmethod
    def of(cls, price: Price | None) -> "ShownPrice | None":
        """A price, where it is known."""
        return None if price is None else cls(input=price.input, output=price.output)


class ShownModel(_Camel):
    """A model that can be chosen. `problem` says why it cannot be asked as things are."""

    name: Annotated[str, Field(examples=["anthropic/claude-3.5-sonnet"])]
    provider: Annotated[str, Field(examples=["anthropic"])]
    """Where it is asked; empty when nowhere."""
    is_default: bool
    is_fallback: bool
    ready: bool
    problem: Annotated[str, Field(examples=["There is no account for Anthropic. Set ANTHROPIC_API_KEY."])]
    window: int | None
    """Tokens of prompt and answer together."""
    window_from: Literal["known", "measured", "setting", "careful"] | None
    """How that is known; `careful` is a guess that is rather too low."""
    output_limit: int | None
    price: ShownPrice | None


class ShownModels(_Camel):
    """The models that can be chosen, the default first."""

    models: tuple[ShownModel, ...]
    default: str | None
    """`null`: no model is asked unless a chat chooses one."""


class ShownProvider(_Camel):
    """A provider, and what it is asked with."""

    name: str
    title: str
    example: Annotated[str, Field(examples=["anthropic/claude-sonnet-4.5"])]
    takes: Literal["key", "address", "settings"]
    """What an organization enters; `settings`: only the operator sets it up."""
    needs: str
    """The settings that the operator sets."""
    account: Literal["none", "operator", "organization"]
    """Whose account it is asked with."""
    key: Annotated[str, Field(examples=["set, ends with …1234"])]
    """Whether the organization's key is set; empty when it is not."""
    base_url: str | None
    """Where the organization says it is."""
    ready: bool
    problem: str


class ShownProviders(_Camel):
    """All providers, and whether keys can be stored."""

    providers: tuple[ShownProvider, ...]
    keys_can_be_stored: bool


class AccountEntered(Body, alias_generator=to_camel):
    """An account with a provider: a key, or for a server of one's own its address, and a key if it wants one."""

    key: Annotated[SecretStr | None, Field(max_length=2000)] = None
    base_url: Annotated[str | None, Field(max_length=500, examples=["https://models.example.com/v1"])] = None


class ToCheck(Body, alias_generator=to_camel):
    """Which model of a provider to ask for a word; the default of that provider, or a usual one, when left out."""

    model: ModelName | None = None


class Checked(_Camel):
    """Whether a model of a provider answered."""

    ok: bool
    model: str
    message: Annotated[str, Field(examples=["anthropic/claude-sonnet-4.5 answered within 0.8 seconds."])]


class Chosen(Body, alias_generator=to_camel, extra="forbid"):
    """What the organization asks and may spend; all of it is replaced. `null` is what the operator's settings say.

    A name that is not known is refused: left out for a slip of the pen, a limit would be gone.
    """

    model: ModelName | None = None
    fallbacks: Annotated[tuple[ModelName, ...], Field(max_length=5)] = ()
    daily_tokens: Annotated[int | None, Field(ge=0, le=10**12, strict=True)] = None
    daily_usd: Annotated[Decimal | None, Field(ge=0, le=1_000_000, decimal_places=4)] = None


class ShownChoices(_Camel):
    """What the organization chose, and what holds for it."""

    model: str | None
    fallbacks: tuple[str, ...]
    daily_tokens: int | None
    daily_usd: Money | None
    allowed_tokens: int | None
    """Tokens a day that hold, with the operator's limit; `null`: no limit."""
    allowed_usd: Money | None


class ModelsDone(_Camel):
    """What was asked is done."""

    message: str


class UsageQuery(Query):
    """How far back."""

    days: Annotated[int, Field(ge=1, le=366)] = 7


class ShownDay(_Camel):
    """What one model came to on one day (UTC)."""

    day: date
    model: str
    provider: str
    requests: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: Money

    @classmethod
    def of(cls, one: DayOfModel) -> "ShownDay":
        """A day as it is shown."""
        return cls(
            day=one.day,
            model=one.model,
            provider=one.provider,
            requests=one.requests,
            input_tokens=one.input_tokens,
            cached_tokens=one.cached_tokens,
            output_tokens=one.output_tokens,
            cost=one.cost,
        )


class ShownToday(_Camel):
    """What today (UTC) came to, requests that still run counted at the most they may come to."""

    requests: int
    tokens: int
    cost: Money
    allowed_tokens: int | None
    allowed_usd: Money | None


class ShownUsage(_Camel):
    """What was spent, by day and model, newest first. Requests without a known price count nothing."""

    days: tuple[ShownDay, ...]
    today: ShownToday


class ModelUsage(_Camel):
    """What one model came to for an incident."""

    model: str
    request_count: int
    input_tokens: int
    output_tokens: int
    cost: Money


class TokenUsage(_Camel):
    """What an incident's investigation and chats came to."""

    request_count: int
    total_input_tokens: int
    total_output_tokens: int
    total_tokens: int
    total_cost: Money
    models: tuple[ModelUsage, ...]

    @classmethod
    def of(cls, spent: Iterable[DayOfModel]) -> "TokenUsage | None":
        """What models came to; `None` when none was asked."""
        every = tuple(spent)
        if not every:
            return None
        read, written = sum(one.input_tokens for one in every), sum(one.output_tokens for one in every)
        return cls(
            request_count=sum(one.requests for one in every),
            total_input_tokens=read,
            total_output_tokens=written,
            total_tokens=read + written,
            total_cost=sum((one.cost for one in every), Decimal(0)),
            models=tuple(
                ModelUsage(
                    model=one.model,
                    request_count=one.requests,
                    input_tokens=one.input_tokens,
                    output_tokens=one.output_tokens,
                    cost=one.cost,
                )
                for one in every
            ),
        )
