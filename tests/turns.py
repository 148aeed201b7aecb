"""Tests that run side by side, and some that must not: those look at what the whole machine does."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(*, alone: bool) -> Iterator[None]:
    """Hold a test's turn: beside others, or alone. A lock of readers and writers, fair to the writers.

    Whoever waits to be alone holds the gate, so that nobody else comes in meanwhile.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:  # one process: every test is alone
        yield
        return
    folder = Path(tempfile.gettempdir())
    with (
        (folder / f"aurora-tests-{run}.gate").open("a") as gate,
        (folder / f"aurora-tests-{run}.room").open("a") as room,
    ):
        fcntl.flock(gate, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(gate, fcntl.LOCK_UN)
        yield
