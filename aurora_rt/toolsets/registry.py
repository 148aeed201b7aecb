"""Finding the toolsets that there are: what lies in this folder, and in the folder that a user names.

Every module in this folder that is not one of the frame's own is a toolset, and so is every YAML file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Final

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings
from aurora_rt.toolsets.declared import commands, files, requests
from aurora_rt.toolsets.declared.endpoints import RequestsFile, ServerFile
from aurora_rt.toolsets.declared.shape import CommandsFile, File
from aurora_rt.toolsets.mcp.connection import Connection
from aurora_rt.toolsets.toolset import Toolset

FRAME: Final = frozenset(
    {
        "checkup",
        "clouds",
        "commands",
        "comparison",
        "databases",
        "declared",
        "envelope",
        "facts",
        "guard",
        "legible",
        "lent",
        "mcp",
        "origins",
        "policies",
        "policy",
        "policy_routes",
        "policy_schemas",
        "queries",
        "acting",
        "registry",
        "routes",
        "schemas",
        "servers",
        "shared",
        "tables",
        "toolbox",
        "toolset",
        "verdicts",
    }
)
"""What all toolsets share; everything else here is one."""


@cache
def discover() -> Mapping[str, Toolset]:
    """Every toolset that is shipped, by name.

    Raises `TypeError` for a module without `TOOLSET`, or a name that is taken; `Misconfigured` for a bad file.
    """
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
    for place in folder.__path__:
        _add(found, files.files_in(Path(place)))
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Known:
    """All toolsets, and what has to run for them to be so."""

    toolsets: Mapping[str, Toolset]
    """By name. A view: when the tools of a server change, the toolset in it does."""
    connections: tuple[Connection, ...]


def known(settings: Settings) -> Known:
    """The toolsets that are shipped, and those of the user's folder. Reads files.

    Raises `Misconfigured` with a sentence for each thing that is wrong in a file.
    """
    found = dict(discover())
    connections: tuple[Connection, ...] = ()
    folder = settings.toolsets_dir
    if folder is not None:
        if not folder.is_dir():
            raise Misconfigured(f"AURORA_TOOLSETS: {folder} is not a folder.")
        connections = _add(found, files.files_in(folder))
    return Known(MappingProxyType(found), connections)


def _add(found: dict[str, Toolset], paths: Iterable[Path]) -> tuple[Connection, ...]:
    """Add what these files declare; the connections are those that it needs."""
    complaints: list[str] = []
    connections: list[Connection] = []
    for path in paths:
        try:
            declared = _declared(found, files.read(path))
        except Misconfigured as error:
            complaints.append(error.message)
        except ValueError as error:
            complaints.append(f"{path}: {error}")
        else:
            toolset = declared.toolset if isinstance(declared, Connection) else declared
            if toolset.name in found:
                complaints.append(f"{path}: name: there is a toolset {toolset.name!r} already.")
                continue
            found[toolset.name] = toolset
            if isinstance(declared, Connection):
                connections.append(declared)
    if complaints:
        raise Misconfigured("\n".join(complaints))
    return tuple(connections)


def _declared(found: dict[str, Toolset], file: File) -> Toolset | Connection:
    match file:
        case ServerFile():
            return Connection(file, lambda toolset: found.update({toolset.name: toolset}))
        case RequestsFile():
            return requests.toolset_of(file)
        case CommandsFile():
            return commands.toolset_of(file)
    raise TypeError(file)
