"""What a route says of itself to the document, where no other decorator tells it."""

from collections.abc import Callable
from typing import TypeVar

from quart import Quart

from aurora_rt.errors import AuroraError
from aurora_rt.web.errors import status_of_kind

_PUBLIC = "_aurora_public"
_FAILURES = "_aurora_failures"

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Declare that nobody has to be signed in for a route. It only tells so: such a route asks for no caller."""
    setattr(view, _PUBLIC, True)
    return view


def fails(*kinds: type[AuroraError]) -> Callable[[View], View]:
    """Declare how a route can fail, beyond what its limit, role, path, query and body imply."""

    def declare(view: View) -> View:
        setattr(view, _FAILURES, kinds)
        return view

    return declare


def is_public(app: Quart, endpoint: str) -> bool:
    """Whether the endpoint was declared public."""
    return bool(getattr(app.view_functions.get(endpoint), _PUBLIC, False))


def declared_statuses(view: object) -> set[int]:
    """The HTTP statuses of the failures that a view declared."""
    kinds: tuple[type[AuroraError], ...] = getattr(view, _FAILURES, ())
    return {status_of_kind(kind) for kind in kinds}
