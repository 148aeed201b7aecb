"""Reading the YAML files of toolsets, and a sentence for each thing that is wrong with one."""

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ValidationError

from aurora_rt.errors import Misconfigured
from aurora_rt.toolsets.declared.endpoints import RequestsFile, ServerFile
from aurora_rt.toolsets.declared.shape import CommandsFile, File

SUFFIXES: Final = (".yaml", ".yml")
SHAPES: Final[dict[str, type[File]]] = {"mcp": ServerFile, "http": RequestsFile}
"""The key that tells what a file is; without one it holds commands."""


class _Loader(yaml.SafeLoader):
    """Refuses a key that is there twice, of which YAML would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                problem = f"{key.value!r} is there twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def files_in(folder: Path) -> Iterator[Path]:
    """The files of toolsets in a folder, by name."""
    yield from sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)


def read(path: Path) -> File:
    """What a file declares. Raises `Misconfigured` with a sentence for each thing that is wrong."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: it cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        raise Misconfigured(f"{path}: {_place(error)}") from error
    if not isinstance(content, dict):
        raise Misconfigured(f"{path}: it must hold a mapping that begins with a name.")
    shape = next((shape for key, shape in SHAPES.items() if key in content), CommandsFile)
    try:
        return shape.model_validate(content)
    except ValidationError as error:
        raise Misconfigured("\n".join(_complaints(path, shape, error))) from error


def _place(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}."
    return f"it is no YAML: {error}."


def _complaints(path: Path, shape: type[BaseModel], error: ValidationError) -> Iterator[str]:
    known = ", ".join(shape.model_fields)
    for one in error.errors(include_url=False):
        # The tags of a union are no places that a person wrote.
        place = ".".join(str(part) for part in one["loc"] if part not in ("str", "Optional"))
        said = one["msg"].removeprefix("Value error, ")
        if one["type"] == "extra_forbidden":
            said = "there is no such key" + (f"; there are: {known}" if len(one["loc"]) == 1 else "")
        yield f"{path}: {place + ': ' if place else ''}{said}."
