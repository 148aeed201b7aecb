"""What is known of a model: its window, its limit, its price. From data that is installed; nothing is fetched.

Imports genai-prices and pydantic-ai when asked: call it in a thread.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from aurora_rt.llm.models import Price
from aurora_rt.llm.names import Found
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo
    from pydantic_ai.usage import RequestUsage

CAREFUL_WINDOW: Final = 8192
"""Tokens, where nobody knows."""
LARGE_ANSWER: Final = 4096
"""Tokens that every model with a large window can answer with."""
SMALL_ANSWER: Final = 512
ELSEWHERE: Final = "openrouter"
"""Who knows the windows of most vendors' models, as `vendor/model`."""

Source = Literal["known", "measured", "setting", "careful"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one model."""

    window: int
    window_from: Source
    output_limit: int
    price: Price | None


def facts(found: Found, settings: Settings, measured: int | None = None) -> Facts:
    """What is known of a model, or careful guesses. `measured` is what its server says of its window."""
    info = _info(found.provider.priced_as, found.model)
    known = info.context_window if info else None
    if known is None and found.provider.priced_as is not None:
        elsewhere = _info(ELSEWHERE, f"{found.provider.name}/{found.model}")
        known = elsewhere.context_window if elsewhere else None
    window, source = _window(known, measured, settings.model_window)
    limit = settings.model_output_limit or max(SMALL_ANSWER, min(LARGE_ANSWER, window // 8))
    return Facts(window, source, min(limit, window // 2), _price(info))


def _window(known: int | None, measured: int | None, setting: int | None) -> tuple[int, Source]:
    best = known or measured
    if setting is not None and (best is None or setting < best):
        return setting, "setting"
    if known is not None:
        return known, "known"
    return (measured, "measured") if measured is not None else (CAREFUL_WINDOW, "careful")


def cost(found: Found, usage: "RequestUsage") -> Decimal | None:
    """US dollars for some usage, cached tokens at their own price; `None` where nobody knows."""
    from genai_prices import calc_price

    if found.provider.priced_as is None:
        return None
    try:
        return calc_price(usage, found.model, provider_id=found.provider.priced_as).total_price
    except (LookupError, ValueError):
        return None


def _info(priced_as: str | None, model: str) -> "ModelInfo | None":
    from genai_prices.data_snapshot import get_snapshot

    if priced_as is None:
        return None
    try:
        return get_snapshot().find_provider_model(model, None, priced_as, None)[1]
    except LookupError:
        return None


def _price(info: "ModelInfo | None") -> Price | None:
    from aurora_rt.clock import now

    if info is None:
        return None
    prices = info.get_prices(now())
    read, written = _base(prices, "input_mtok"), _base(prices, "output_mtok")
    return None if read is None or written is None else Price(read, written)


def _base(prices: object, name: str) -> Decimal | None:
    value = getattr(prices, name, None)
    value = getattr(value, "base", value)
    return value if isinstance(value, Decimal) else None
