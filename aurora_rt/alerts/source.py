"""What a source is: one vendor's way to say that something is wrong, and how we find all of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from aurora_rt.alerts.models import Alert, Examined
from aurora_rt.alerts.proof.call import Proof
from aurora_rt.alerts.proof.schemes import TOKEN
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable
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
class Reply:
    """A handshake that is answered at once: the vendor wants to see `body`."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Confirm:
    """A handshake that is answered by fetching an address, which only a vendor's proof could have vouched for."""

    address: str


Handshake = Reply | Confirm
Parse = Callable[[object], tuple[Alert, ...]]
Format = Literal["json", "form", "text"]


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
    parse: Parse
    """What `decoded` (and `joined`) made of a body in, alerts out: each fingerprint once, none if it tells of none.

    Raises `PayloadNotUnderstood`, and nothing else whatever comes in.
    """
    proof: Proof = TOKEN
    """How the vendor proves itself beside our token."""
    takes: tuple[Format, ...] = ("json",)
    """What a body may be beside JSON: `form` gives `parse` an object of texts, `text` the text itself."""
    headers: tuple[str, ...] = ()
    """The headers that are kept with the body, in lower case, `*` at the end for all that begin so."""
    joined: Callable[[object, Mapping[str, str]], object] | None = None
    """The decoded body together with what those headers say: what `parse` gets, where a vendor needs both."""
    handshake: Callable[[object], Handshake | None] | None = None
    """What a payload asks for that only sets the webhook up, where a vendor has such; it is not parsed then."""
    mapped: Callable[[object, Mapping[str, str]], tuple[Alert, ...]] | None = None
    """`parse` with the mapping that a token's owner wrote, for sources whose mapping is written."""
    check_mapping: Callable[[Mapping[str, str]], None] | None = None
    """Raises an error of the kind `Invalid` for a mapping that `mapped` could not use."""
    examine: Callable[[object, Mapping[str, str]], Mapping[str, Examined]] | None = None
    """What each expression of a mapping yields for a payload, right or wrong, for whoever is writing it."""
    default_mapping: Mapping[str, str] | None = None
    """The mapping that holds while none is written."""
    recovers: bool = True
    """Whether it ever tells that an alert is over."""

    def setup_for(self, url: str) -> str:
        """The setup text for the webhook at `url`."""
        return self.setup.replace("{url}", url)

    def kept(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Those of a call's headers that mean something: the body's type, and the ones that the source names."""
        whole = {"content-type", *(one for one in self.headers if not one.endswith("*"))}
        begun = tuple(one[:-1] for one in self.headers if one.endswith("*"))
        return {
            cut(name, NAME_LIMIT): cut(storable(value))
            for name, value in headers.items()
            if name in whole or (begun and name.startswith(begun))
        }

    def alerts_in(
        self, payload: object, headers: Mapping[str, str], mapping: Mapping[str, str] | None = None
    ) -> tuple[Alert, ...]:
        """The alerts of a decoded payload. Raises `PayloadNotUnderstood`."""
        whole = self.joined(payload, headers) if self.joined else payload
        if self.mapped is not None and mapping is not None:
            return self.mapped(whole, mapping)
        return self.parse(whole)


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
