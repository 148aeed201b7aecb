"""Who calls whom, as correlation needs it: pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

CLOSE: Final = 24
"""So many neighbours of a component are looked at; what has more is called by everybody, and says less."""
_SUFFIX: Final = re.compile(r"[-_ ](?:service|svc)$")


def named(name: str) -> str:
    """A component's name as all vendors' come down to: `shop/Checkout Service` is `checkout`."""
    last = name.strip().lower().rpartition("/")[2]
    return _SUFFIX.sub("", last).replace(" ", "-").replace("_", "-")[:200]


class ServiceMap:
    """The calls that are known. Names are written as `named` writes them."""

    def __init__(self, calls: Iterable[tuple[str, str]] = ()) -> None:
        self._callees: dict[str, dict[str, None]] = {}
        self._callers: dict[str, dict[str, None]] = {}
        for told_caller, told_callee in calls:
            caller, callee = named(told_caller), named(told_callee)
            if caller and callee and caller != callee:
                self._callees.setdefault(caller, {})[callee] = None
                self._callers.setdefault(callee, {})[caller] = None

    def __contains__(self, name: object) -> bool:
        return name in self._callees or name in self._callers

    def __len__(self) -> int:
        return sum(map(len, self._callees.values()))

    def with_calls(self, calls: Iterable[tuple[str, str]]) -> "ServiceMap":
        """This map and more calls."""
        more = list(calls)
        return ServiceMap([*self.calls(), *more]) if more else self

    def calls(self) -> Iterable[tuple[str, str]]:
        """(caller, callee)."""
        return ((caller, callee) for caller, callees in self._callees.items() for callee in callees)

    def called_by(self, name: str) -> list[list[str]]:
        """What `name` calls, and behind it what these call: two hops, each at most `CLOSE`."""
        return self._hops(self._callees, name)

    def calling(self, name: str) -> list[list[str]]:
        """What calls `name`, and what calls these."""
        return self._hops(self._callers, name)

    def _hops(self, edges: Mapping[str, Mapping[str, None]], name: str) -> list[list[str]]:
        near = list(edges.get(name, ()))[:CLOSE]
        far = dict.fromkeys(other for one in near for other in edges.get(one, ()))
        return [near, [one for one in far if one != name and one not in near][:CLOSE]]


NO_MAP: Final = ServiceMap()
