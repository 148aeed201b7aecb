"""Toolsets are found in their folder, and what is none is refused at start-up."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aurora_rt import toolsets
from aurora_rt.settings import load
from aurora_rt.toolsets.registry import FRAME, discover
from aurora_rt.toolsets.toolset import Parameters


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Adds a module to the folder of toolsets."""
    monkeypatch.setattr(toolsets, "__path__", [*toolsets.__path__, str(tmp_path)])
    added = []

    def write(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)
        added.append(f"{toolsets.__name__}.{name}")
        discover.cache_clear()

    yield write
    for name in added:
        sys.modules.pop(name, None)
    discover.cache_clear()


def test_every_toolset_of_the_folder_is_found() -> None:
    assert {"host", "prometheus", "sockets", "systemd"} <= set(discover())
    assert len(discover()) == len(modules() - FRAME - {"__init__"}) + len(declared())


def test_what_the_frame_lists_is_there() -> None:
    assert modules() >= FRAME


def modules() -> set[str]:
    folder = Path(toolsets.__file__).parent
    return {
        path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()
    }


def declared() -> set[str]:
    return {path.stem for path in Path(toolsets.__file__).parent.glob("*.yaml")}


def test_every_toolset_says_what_it_does_what_it_costs_and_when_it_cannot_be_used() -> None:
    for name, toolset in discover().items():
        assert toolset.name == name
        assert toolset.title
        assert toolset.description.endswith(".")
        assert toolset.cost in ("low", "moderate", "high")
        assert isinstance(toolset.unusable(load()), str | None)
        assert len({tool.name for tool in toolset.tools}) == len(toolset.tools) > 0


def test_every_tool_is_described_limited_in_time_and_refuses_unknown_parameters() -> None:
    for toolset in discover().values():
        for tool in toolset.tools:
            assert tool.description.endswith(".")
            assert 0 < tool.timeout <= 300
            assert issubclass(tool.parameters, Parameters)
            assert tool.parameters.model_json_schema()["additionalProperties"] is False
            assert tool.name.isidentifier()


def test_a_module_without_a_toolset_is_refused(add: Callable[[str, str], None]) -> None:
    add("forgotten", "TOOLSET = 'not one'\n")
    with pytest.raises(TypeError, match="forgotten exports no TOOLSET"):
        discover()


def test_a_module_without_anything_is_refused(add: Callable[[str, str], None]) -> None:
    add("empty", "")
    with pytest.raises(TypeError, match="empty exports no TOOLSET"):
        discover()


def test_a_name_that_is_taken_is_refused(add: Callable[[str, str], None]) -> None:
    add("zz_again", "from aurora_rt.toolsets.host import TOOLSET\n")
    with pytest.raises(TypeError, match="a toolset 'host' already"):
        discover()


def test_the_readme_tells_of_every_toolset_and_of_no_other() -> None:
    readme = (Path(toolsets.__file__).parents[2] / "README.md").read_text()
    table = readme.partition("| toolset | looks at |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| \*\*(\w+)\*\* \|", table, re.MULTILINE)) == set(discover())
