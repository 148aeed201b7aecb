"""Finding the toolsets that there are: every module in this folder that is not one of the frame's own."""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from aurora_rt.toolsets.toolset import Toolset

FRAME: Final = frozenset(
    {
        "checkup",
        "commands",
        "comparison",
        "databases",
        "envelope",
        "facts",
        "legible",
        "redaction",
        "servers",
        "shared",
        "registry",
        "routes",
        "schemas",
        "tables",
        "toolbox",
        "toolset",
        "verdicts",
    }
)
"""What all toolsets share; everything else here is one."""


@cache
def discover() -> Mapping[str, Toolset]:
    """Every toolset by name. Raises `TypeError` for a module without `TOOLSET`, or a name that is taken."""
    folder = import_module("aurora_rt.toolsets")
    found: dict[str, Toolset] = {}
    for module in iter_modules(folder.__path__, f"{folder.__name__}."):
        if module.name.rpartition(".")[2] in FRAME:
            continue
        toolset = getattr(import_module(module.name), "TOOLSET", None)
        if not isinstance(toolset, Toolset):
            raise TypeError(f"{module.name} exports no TOOLSET: Final = Toolset(...)")
        if toolset.name in found:
            raise TypeError(f"{module.name}: there is a toolset {toolset.name!r} already")
        found[toolset.name] = toolset
    return MappingProxyType(found)
