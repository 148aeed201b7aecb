"""Which providers' accounts a chat's tools may use: what its state selects, else what came with the question. Pure."""

from collections.abc import Mapping
from typing import Any, Final

SELECTED: Final = "selectedProviders"
"""In the state of a session: what a person selected in it."""
PREFERRED: Final = "preferredProviders"
"""In the state of a session: what the headers of the last question with any said."""
MOST: Final = 50
LONGEST: Final = 60


def preferred(*headers: str | None) -> tuple[str, ...] | None:
    """The providers of the first header that names any, such as `aws, gcp`; `None` when none does."""
    return next((found for one in headers if one and (found := _names(one.split(",")))), None)


def chosen(state: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The providers that a chat with that state may look at; `None`: all."""
    for name in (SELECTED, PREFERRED):
        value = state.get(name)
        if isinstance(value, str):
            value = value.split(",")
        if isinstance(value, list | tuple) and (found := _names(value)):
            return found
    return None


def _names(values: list[Any] | tuple[Any, ...]) -> tuple[str, ...]:
    names = (one.strip().lower()[:LONGEST] for one in values[:MOST] if isinstance(one, str))
    return tuple(dict.fromkeys(name for name in names if name))
