"""Who calls whom, as correlation needs it: pure."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

NAME_LIMIT: Final = 200
CLOSE: Final = 24
"""So many neighbours of a component are looked at; what has more is called by everybody, and says less."""
_SUFFIX: Final = re.compile(r"[-_ ](?:service|svc)$")


def named(name: str) -> str:
    """A component's name as all vendors' come down to: `shop/Checkout Service` is `checkout`."""
    last = name.strip().lower().rpartition("/")[2].removesuffix(".git")
    if ".svc" in last:  # payments.billing.svc.cluster.local
        last = last.partition(".")[0]
    return _SUFFIX.sub("", last).replace(" ", "-").replace("_", "-")[:NAME_LIMIT]


class ServiceMap:
    """The calls that are known, on top of those of another map. Names are written as `named` writes them."""

    def __init__(self, calls: Iterable[tuple[str, str]] = (), below: "ServiceMap | None" = None) -> None:
        self._below = below
        self._callees: dict[str, dict[str, None]] = {}
        self._callers: dict[str, dict[str, None]] = {}
        for told_caller, told_callee in calls:
            caller, callee = named(told_caller), named(told_callee)
            if caller and callee and caller != callee:
                self._callees.setdefault(caller, {})[callee] = None
                self._callers.setdefault(callee, {})[caller] = None

    def __contains__(self, name: object) -> bool:
        own = name in self._callees or name in self._callers
        return own or (self._below is not None and name in self._below)

    def with_calls(self, calls: Collection[tuple[str, str]]) -> "ServiceMap":
        """This map and more calls, at the cost of these."""
        return ServiceMap(calls, self) if calls else self

    def callees(self, name: str) -> dict[str, None]:
        """What `name` calls."""
        own = self._callees.get(name, {})
        return own if self._below is None else {**self._below.callees(name), **own}

    def callers(self, name: str) -> dict[str, None]:
        """What calls `name`."""
        own = self._callers.get(name, {})
        return own if self._below is None else {**self._below.callers(name), **own}

    def behind(self, name: str) -> list[str]:
        """What is called by what `name` calls, but not by itself."""
        return _second(name, self.callees)

    def before(self, name: str) -> list[str]:
        """What calls the callers of `name`, but not itself."""
        return _second(name, self.callers)


def _second(name: str, step: Callable[[str], Mapping[str, None]]) -> list[str]:
    near = step(name)
    far = dict.fromkeys(other for one in list(near)[:CLOSE] for other in step(one))
    return [one for one in far if one != name and one not in near][:CLOSE]


NO_MAP: Final = ServiceMap()
