"""The places of `AURORA_PROBES`: those that people want looked at."""

from typing import Final

from aurora_rt.settings import Settings
from aurora_rt.toolsets.network.probing import NAME, Place, placed
from aurora_rt.toolsets.toolset import ToolFailed

MOST: Final = 100
SETTING: Final = "AURORA_PROBES"


def configured(settings: Settings) -> tuple[Place, ...]:
    """The places of the settings. Raises `ToolFailed` for one that cannot be understood."""
    return tuple(map(_place, settings.probes[:MOST]))


def _place(text: str) -> Place:
    name, equals, url = text.partition("=")
    place = placed(name.strip(), url.strip()) if equals and NAME.fullmatch(name.strip()) else None
    if place is None:
        raise ToolFailed(
            f"{SETTING} must be a list of name=address with addresses such as https://shop.example/health, "
            f"tcp://db:5432 or dns://orders.internal; {name.strip()[:100]!r} is not."
        )
    return place
