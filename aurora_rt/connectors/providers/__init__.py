"""Providers with which an organization has accounts: one file each, found by being here.

Each exports `CONNECTOR: Final = Connector(…)`.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from aurora_rt.connectors.connector import Connector


@cache
def discover() -> Mapping[str, Connector]:
    """Every connector, by name. Raises `TypeError` for a module without `CONNECTOR`, or a name that is taken."""
    found: dict[str, Connector] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        connector = getattr(import_module(module.name), "CONNECTOR", None)
        if not isinstance(connector, Connector):
            raise TypeError(f"{module.name} exports no CONNECTOR: Final = Connector(...)")
        if connector.name in found:
            raise TypeError(f"{module.name}: there is a connector {connector.name!r} already")
        found[connector.name] = connector
    return MappingProxyType(found)
