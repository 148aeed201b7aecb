"""Node.js and what npm installs in tests/e2e, for tests that need them."""

import shutil
from pathlib import Path

from servers import missing

E2E = Path(__file__).parent / "e2e"


def node(*packages: str) -> str:
    """The path of Node.js; skips on a developer's machine that lacks it or one of the packages."""
    found = shutil.which("node")
    if found is None:
        missing("This test runs Node.js: install the Debian package `nodejs`.")
    installed(*packages)
    return found


def installed(*packages: str) -> None:
    """Skip on a developer's machine that lacks one of npm's packages."""
    for one in packages:
        if not (E2E / "node_modules" / one).is_dir():
            missing(f"This test needs {one}: run `npm ci` in tests/e2e.")
