"""When the header X-User-ID is believed. Pure, so that every combination is tested."""

from aurora_rt.settings import Settings
from aurora_rt.web.visitor import Visitor, is_loopback

HEADER = "x-user-id"
LONGEST_ID = 100


def trusted_user_id(settings: Settings, visitor: Visitor) -> str | None:
    """The user that the visitor claims to be with X-User-ID, when that can be believed.

    `loopback`: the server listens on this machine alone, and the visitor is on it, named it as such and came
    through no proxy. `proxy`: the proxy proved itself with X-Internal-Secret. A header sent twice is never
    believed.
    """
    claimed = visitor.only(HEADER)
    if not claimed or len(claimed) > LONGEST_ID:
        return None
    match settings.trust_user_header:
        case "loopback":
            believed = is_loopback(settings.host) and visitor.local
        case "proxy":
            believed = visitor.proven_proxy(settings)
        case "never":
            believed = False
    return claimed if believed else None
