"""The browser's pure modules, in Node's own test runner, and the page that loads them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
PAGE = (STATIC / "index.html").read_text()
NEEDED = (18, 0)
"""The first Node with a test runner of its own."""


def node() -> str:
    """The path of Node.js; skips the test when there is none that is new enough."""
    path = shutil.which("node")
    version = (
        subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout if path else ""
    )
    found = re.match(r"v(\d+)\.(\d+)", version)
    if path is None or found is None or (int(found[1]), int(found[2])) < NEEDED:
        pytest.skip(f"Node.js {NEEDED[0]}.{NEEDED[1]} or newer is needed to run the browser's modules")
    return path


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda file: file.stem)
def test_the_pure_modules_of_the_browser_keep_their_promises(file, tmp_path):
    # A copy, because an older Node has to be told in a package.json that the files are modules.
    shutil.copytree(STATIC / "app", tmp_path / "static" / "app")
    shutil.copytree(HERE, tmp_path / "tests" / "static")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    copy = tmp_path / "tests" / "static" / file.name
    run = subprocess.run([node(), "--test", str(copy)], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"^# pass [1-9]", run.stdout, re.MULTILINE), run.stdout


def test_everything_that_the_page_names_is_there():
    named = re.findall(r"""(?:href|src)="(/[^"]+)"|: "(/vendor/[^"]+)\"""", PAGE)
    paths = [first or second for first, second in named]
    assert len(paths) > 20
    assert [path for path in paths if not (STATIC / path.lstrip("/")).is_file()] == []


AT_ONCE = r'(?:from|^import) "(\.[^"]+)"'
LATER = r'\bimport\("(\.[^"]+)"\)'


def reached(*ways: str) -> set[Path]:
    """The modules that main.js reaches by these ways of importing, and itself."""
    found, left = set(), [STATIC / "app" / "main.js"]
    while left:
        module = left.pop().resolve()
        if module not in found:
            found.add(module)
            text = module.read_text()
            left.extend(module.parent / path for way in ways for path in re.findall(way, text, re.MULTILINE))
    return found


def test_the_page_fetches_every_module_of_its_first_view_and_every_style_sheet_at_once():
    preloads = re.findall(r'<link rel="modulepreload" href="/(app/[^"]+)"', PAGE)
    assert {(STATIC / path).resolve() for path in preloads} == reached(AT_ONCE) - {
        (STATIC / "app" / "main.js").resolve()
    }
    modules = {path.resolve() for path in (STATIC / "app").rglob("*.js")}
    assert reached(AT_ONCE, LATER) == modules
    sheets = {f"/css/{path.name}" for path in (STATIC / "css").glob("*.css")}
    assert set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', PAGE)) == sheets


def test_the_first_view_needs_no_module_that_is_fetched_later():
    first = [path for path in (STATIC / "app").rglob("*.js") if "later" not in path.parts]
    needed = re.compile(r"""from "[^"]*/later/(?!later\.js)""")
    assert [path.name for path in first if needed.search(path.read_text())] == []


def test_the_page_needs_nothing_that_its_security_policy_refuses():
    sources = [PAGE, *(path.read_text() for path in sorted((STATIC / "app").rglob("*.js")))]
    forbidden = re.compile(
        r"""innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet|document\.write|\beval\(|new Function"""
        r"""|\sstyle=|\son[a-z]+="|https?://(?!www\.w3\.org)[a-z]"""
    )
    assert [found[0] for text in sources if (found := forbidden.search(text))] == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", PAGE) == ['<script type="importmap">']


def test_one_module_alone_talks_to_the_server():
    talking = re.compile(r"\bfetch\(|socket\.io-client|XMLHttpRequest|new WebSocket|EventSource|sendBeacon")
    modules = sorted((STATIC / "app").rglob("*.js"))
    assert [path.name for path in modules if talking.search(path.read_text())] == ["client.js"]


def test_each_vendored_package_says_its_version_and_carries_its_licence():
    packages = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert packages
    listed = (STATIC / "vendor" / "README.md").read_text()
    for package in packages:
        assert re.fullmatch(r"[a-z.-]+@\d+\.\d+\.\d+", package.name)
        assert (package / "LICENSE").stat().st_size > 500
        assert f"`{package.name}`" in listed


def test_the_javascript_of_the_page_is_small():
    import gzip

    scripts = [path for path in STATIC.rglob("*") if path.suffix in {".js", ".mjs"}]
    files = [path for path in scripts if f'"/{path.relative_to(STATIC)}"' in PAGE]  # not those of /docs
    assert len(files) > 40
    compressed = sum(len(gzip.compress(path.read_bytes())) for path in files)
    assert compressed < 100_000, f"{compressed} bytes compressed"


def test_the_page_of_the_api_loads_everything_from_here_and_nothing_inline():
    page = (STATIC / "docs" / "index.html").read_text()
    named = re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]+)"', page)
    assert len(named) == 5
    assert [path for path in named if not (STATIC / path.lstrip("/")).is_file()] == []
    assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|<style", page) == []
