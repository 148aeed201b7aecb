"""What a source is: one vendor's way to say that something is wrong, and how we find all of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, ClassVar

from aurora_rt.alerts.models import Alert
from aurora_rt.errors import Invalid

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")


class PayloadNotUnderstood(Invalid):
    """A payload does not have the shape that its vendor documents. The sentence names the offending field."""

    code: ClassVar[str] = "payload_not_understood"

    def __init__(self, field: str, complaint: str) -> None:
        super().__init__(f"{field}: {complaint}")
        self.field = field
        """Where it is, such as `alerts[3].startsAt`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A vendor whose webhooks we take. All of it is pure: nothing here does I/O or knows the time."""

    name: str
    """How it stands in the webhook's path, and in `Alert.source`."""
    title: str
    """How people call it."""
    setup: str
    """Markdown: what to do at the vendor's side. `{url}` stands for the webhook's URL."""
    sample: Mapping[str, Any]
    """A payload as the vendor sends it, for "send a test alert"; without a start time: it starts then."""
    parse: Callable[[object], tuple[Alert, ...]]
    """Decoded JSON in, alerts out: each fingerprint once, none if the payload tells of none.

    Raises `PayloadNotUnderstood`, and nothing else whatever comes in.
    """

    def setup_for(self, url: str) -> str:
        """The setup text for the webhook at `url`."""
        return self.setup.replace("{url}", url)


@cache
def sources() -> Mapping[str, Source]:
    """Every source there is, by name: one for each module in `alerts/sources/`.

    Raises `TypeError` when a module there exports no `SOURCE`, or one whose name is taken or unfit.
    """
    found: dict[str, Source] = {}
    for module, source in _exported():
        if not isinstance(source, Source):
            raise TypeError(f"{module} exports no SOURCE: Final = Source(...)")
        if source.name in found or not _NAME.fullmatch(source.name):
            raise TypeError(f"{module}: the name {source.name!r} is taken, or unfit for a path")
        found[source.name] = source
    return MappingProxyType(found)


def _exported() -> Iterator[tuple[str, object]]:
    folder = import_module("aurora_rt.alerts.sources")
    for module in iter_modules(folder.__path__, f"{folder.__name__}."):
        yield module.name, getattr(import_module(module.name), "SOURCE", None)
