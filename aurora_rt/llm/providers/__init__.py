"""Where models are asked: one file per provider, found by being here.

Each exports `PROVIDER: Final = Provider(…)`. Nothing of a provider's own package is imported before a model is built.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from aurora_rt.llm.provider import Provider


@cache
def discover() -> Mapping[str, Provider]:
    """Every provider, by name. Raises `TypeError` for a module without `PROVIDER`, or a name that is taken."""
    found: dict[str, Provider] = {}
    for module in iter_modules(__path__, f"{__name__}."):
        provider = getattr(import_module(module.name), "PROVIDER", None)
        if not isinstance(provider, Provider):
            raise TypeError(f"{module.name} exports no PROVIDER: Final = Provider(...)")
        if provider.name in found:
            raise TypeError(f"{module.name}: there is a provider {provider.name!r} already")
        found[provider.name] = provider
    return MappingProxyType(found)
