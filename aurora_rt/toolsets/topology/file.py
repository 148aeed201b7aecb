"""The call graph that people have written down, in the file at `AURORA_TOPOLOGY`."""

import asyncio
from pathlib import Path
from typing import Final

import yaml

from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.toolset import ToolFailed
from aurora_rt.toolsets.topology.graph import Calls, declared

SETTING: Final = "AURORA_TOPOLOGY"
SIZE_LIMIT: Final = 4 * 1024 * 1024


async def calls(file: Path) -> Calls:
    """The calls that `file` declares. Raises `ToolFailed`."""
    return await asyncio.to_thread(_read, file)


def _read(file: Path) -> Calls:
    try:
        with file.expanduser().open("rb") as opened:
            text = opened.read(SIZE_LIMIT + 1)
        if len(text) > SIZE_LIMIT:
            raise ToolFailed(f"{SETTING}: {file} is larger than {SIZE_LIMIT // 1024**2} MiB.")
        return declared(yaml.load(text, yaml.CSafeLoader))  # JSON is YAML
    except OSError as error:
        raise ToolFailed(f"{SETTING}: {file} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        reason = one_line(str(error), 200).rstrip(".")
        raise ToolFailed(f"{SETTING}: {file} is neither YAML nor JSON: {reason}.") from error
    except ValueError as error:
        raise ToolFailed(f"{SETTING}: {file} tells no calls: {error}.") from error
