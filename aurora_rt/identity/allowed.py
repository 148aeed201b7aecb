"""What somebody whom we know may do, for REST and Socket.IO alike. Pure."""

from aurora_rt.identity.models import Caller
from aurora_rt.identity.tokens import TokenScopeTooNarrow


def require_write(caller: Caller) -> None:
    """Raise `TokenScopeTooNarrow` when the caller asks with an API token that only reads."""
    if caller.limited_to == "read":
        raise TokenScopeTooNarrow("This API token may only read. Make one with the scope write.")
