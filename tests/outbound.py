"""Whom a process connects to, written down by itself: a test can say that it is nobody."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

WATCHER = Path(__file__).with_name("watcher")
KEYS = (
    "ANTHROPIC_API_KEY", "COHERE_API_KEY", "DEEPSEEK_API_KEY", "GEMINI_API_KEY", "GITHUB_TOKEN", "GITLAB_TOKEN",
    "GOOGLE_API_KEY", "GROQ_API_KEY", "HF_TOKEN", "LOGFIRE_TOKEN", "MISTRAL_API_KEY", "OPENAI_API_KEY",
    "OPENROUTER_API_KEY", "XAI_API_KEY",
)  # fmt: skip
"""What lies in many environments, and is no wish to be connected to anybody."""


@contextmanager
def connected_to_nobody(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a process that connects to this machine alone, although it has keys of everybody.

    Fails at the end when it was otherwise. What was written down is in `folder`, which must be there.
    """
    file = folder / "connections"
    yield environment(file)
    assert foreign(file) == [], file.read_text()


def environment(file: Path) -> dict[str, str]:
    """The environment of a process that has keys of everybody, and writes down to `file` whom it connects to."""
    path = os.pathsep.join(filter(None, (str(WATCHER), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "WATCHED_TO": str(file), **dict.fromkeys(KEYS, "sk-planted-and-never-used")}


def foreign(file: Path) -> list[str]:
    """What was written down that is not this machine."""
    return [line for line in written(file) if not _is_here(*line.split(" ", 1))]


def written(file: Path) -> list[str]:
    """All that was written down."""
    return file.read_text().splitlines()


def _is_here(kind: str, whom: str) -> bool:
    if kind == "import" or whom in ("", "None", "localhost") or whom.startswith("/"):  # a path is a socket's
        return True
    try:
        return ip_address(whom).is_loopback
    except ValueError:
        return False
