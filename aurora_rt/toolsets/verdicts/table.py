"""Program → whether its arguments only read."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

from aurora_rt.toolsets.verdicts import (
    cloud,
    cluster,
    code,
    containers,
    machine,
    network,
    reading,
    stores,
    web,
)

Check = Callable[[Sequence[str]], bool]

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        **{program: partial(machine.plain, program) for program in sorted(machine.PLAIN)},
        **{program: partial(reading.shows, program) for program in sorted(reading.PROGRAMS)},
        "grep": reading.grep,
        "ps": machine.ps,
        "journalctl": machine.journalctl,
        "systemctl": machine.systemctl,
        "find": machine.find,
        "ss": network.ss,
        "ip": network.ip,
        "dig": network.dig,
        "host": network.lookup,
        "nslookup": network.lookup,
        "ping": network.ping,
        "traceroute": network.traceroute,
        "openssl": network.openssl,
        "curl": web.curl,
        "kubectl": cluster.kubectl,
        "helm": cluster.helm,
        "docker": containers.docker,
        "git": code.git,
        "redis-cli": stores.redis_cli,
        "valkey-cli": stores.redis_cli,
        "aws": cloud.aws,
        "gcloud": cloud.gcloud,
        "az": cloud.az,
    }
)


def denied(argv: Sequence[str], checks: Mapping[str, Check] = CHECKS) -> str | None:
    """Why a command may not be run, in a sentence; `None` when it may."""
    if not argv:
        return "There is no command."
    program, *arguments = argv
    check = checks.get(program)
    if check is None:
        return f"The program {program[:100]!r} is not on the list of those that may be run."
    if any("\0" in argument for argument in argv) or not check(arguments):
        return f"{program} may not be run with these arguments: they may do more than read, or show secrets."
    return None
