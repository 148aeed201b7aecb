"""Program → whether its arguments only read."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final

from aurora_rt.toolsets.verdicts import cloud, code, containers, machine, network, stores

Check = Callable[[Sequence[str]], bool]

CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        **{program: partial(machine.plain, program) for program in sorted(machine.PLAIN)},
        "journalctl": machine.journalctl,
        "tail": machine.tail,
        "systemctl": machine.systemctl,
        "find": machine.find,
        "ss": network.ss,
        "ip": network.ip,
        "dig": network.lookup,
        "host": network.host,
        "nslookup": network.host,
        "ping": network.ping,
        "traceroute": network.traceroute,
        "curl": network.curl,
        "openssl": network.openssl,
        "kubectl": containers.kubectl,
        "docker": containers.docker,
        "helm": containers.helm,
        "git": code.git,
        "redis-cli": stores.redis_cli,
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
        return f"The program {program!r} is not on the list of those that may be run."
    if any("\0" in argument for argument in argv) or not check(arguments):
        return f"{program} may not be run with these arguments: they may do more than read."
    return None
