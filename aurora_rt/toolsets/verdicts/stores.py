"""redis-cli, where it reads."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import NAME, NUMBER, taking

_READS: Final = re.compile(
    r"info( \w+)?|dbsize|ping|role|time|lastsave|slowlog (get( \d+)?|len)|client (list|info|getname)|"
    r"memory (stats|doctor|usage \S+)|config get [\w*-]+|latency (latest|doctor|history \w+)|cluster (info|nodes)|"
    r"type \S+|ttl \S+|pttl \S+|exists \S+|strlen \S+|llen \S+|scard \S+|hlen \S+|zcard \S+|object \w+ \S+"
)
_REDIS_CLI: Final = taking(
    "--raw --no-raw --tls --bigkeys --memkeys -c", grouped=False, first_word_ends=True, _h=NAME, _p=NUMBER, _n=NUMBER,
    _s=NAME, user=NAME,
)  # fmt: skip


def redis_cli(arguments: Sequence[str]) -> bool:
    """redis-cli: commands that tell about the server and the size of keys; no values, and none that waits for ever.

    Flags end where the command begins: redis-cli sends what follows to the server.
    """
    words = _REDIS_CLI.words(arguments)
    if words is None:
        return False
    if not words:
        return "--bigkeys" in arguments or "--memkeys" in arguments
    command = " ".join(words).lower()
    secret = "config get" in command and bool(re.search(r"pass|auth|\*", command))
    return bool(_READS.fullmatch(command)) and not secret
