"""Keeping secrets out of facts: what containers say, are started with, and find in their environment."""

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.cluster import Container, Event, Pod, Workload

_ADDRESS: Final = re.compile(r"(?:[a-z][a-z0-9+]*://)?[A-Za-z0-9.-]+(?::\d+)?(?:/[\w./-]*)?")
_CREDENTIALS: Final = re.compile(r"(?<=//)[^/@\s]*@")

Owner = TypeVar("Owner", Pod, Workload)


def owners(found: Iterable[Owner]) -> tuple[Owner, ...]:
    """Pods or workloads, without secrets."""
    return tuple(
        one.model_copy(update={"containers": tuple(map(_container, one.containers))}) for one in found
    )


def events(found: Iterable[Event]) -> tuple[Event, ...]:
    """Events, without secrets."""
    return tuple(one.model_copy(update={"message": redacted(one.message)}) for one in found)


def _container(one: Container) -> Container:
    return one.model_copy(
        update={
            "message": redacted(one.message),
            "last_message": redacted(one.last_message),
            "command": tuple(redacted(" ".join(one.command)).split(" ")) if one.command else (),
            "environment": {
                name: shown for name, value in one.environment.items() if (shown := _value(value))
            },
        }
    )


def _value(value: str) -> str:
    """A value when it is an address, without credentials; anything else could be a secret, and no rule needs it."""
    address = _CREDENTIALS.sub("", value.strip())
    return address if ":" in address and _ADDRESS.fullmatch(address) else ""
