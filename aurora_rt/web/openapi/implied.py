"""With which statuses a call can fail, from what its route declares. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a call without looking into its route."""

    unsafe: bool
    """Its method changes something, so that a foreign page and a token that only reads are refused."""
    public: bool
    limited: bool
    restricted: bool
    """Not every role may."""
    names_something: bool
    """Its path has a part that may name what isn't there."""
    free_text: bool
    """Its path or query takes more than ids."""
    has_body: bool


def statuses(call: Traits) -> set[int]:
    """The statuses of failure, beside those that the route declares itself."""
    writes = call.unsafe and (call.names_something or call.has_body)
    implied = {
        400: call.has_body or call.free_text,
        401: not call.public,
        403: call.unsafe or (not call.public and call.restricted),
        404: call.names_something or (call.has_body and not call.public),
        409: writes and not call.public,
        413: call.has_body,
        415: call.has_body,
        429: call.limited,
        500: True,
        503: call.limited or not call.public,  # a probe's own 503 is its answer
    }
    return {status for status, holds in implied.items() if holds}
