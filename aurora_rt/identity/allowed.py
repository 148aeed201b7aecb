"""What somebody whom we know may do, for REST and Socket.IO alike. Pure.

A viewer reads, and keeps an account and chat sessions of their own; an editor does everything but what
concerns other members; an admin does all.
"""

from typing import Final

from aurora_rt.errors import Forbidden
from aurora_rt.identity.models import Caller, Role
from aurora_rt.identity.tokens import TokenScopeTooNarrow

RANKS: Final[dict[Role, int]] = {"viewer": 0, "editor": 1, "admin": 2}


def require_role(caller: Caller, needed: Role) -> None:
    """Raise `Forbidden` when the caller's role is less than the needed one."""
    if RANKS[caller.role] < RANKS[needed]:
        raise Forbidden(f"Your role is {caller.role}; this needs the role {needed}. Ask an admin.")


def require_write(caller: Caller) -> None:
    """Raise `TokenScopeTooNarrow` when the caller asks with an API token that only reads."""
    if caller.limited_to == "read":
        raise TokenScopeTooNarrow("This API token may only read. Make one with the scope write.")
