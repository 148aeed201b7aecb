"""What the three culprits share: politeness, bounds, and knowing when to stop."""

import argparse
import contextlib
import os
import signal
import time
from dataclasses import dataclass
from types import FrameType

import psutil

MEBIBYTE = 1024 * 1024
TICK = 0.1
"""Seconds between two looks at whether to go on."""
LOWEST_PRIORITY = 19


@dataclass(frozen=True, slots=True)
class Bounds:
    """How fast and how far a culprit takes what it takes."""

    bytes_per_second: float
    most: int
    """Bytes; when they are taken, it keeps them until its time is over."""

    def due(self, elapsed: float) -> int:
        """How many bytes are to be taken `elapsed` seconds after the start."""
        return min(self.most, int(elapsed * self.bytes_per_second))


class Watch:
    """Says whether a culprit goes on: not after its time, nor without its parent, nor when told to stop.

    Made in the main thread, since it listens to SIGTERM, SIGINT and SIGHUP.
    """

    def __init__(self, seconds: float) -> None:
        self._started = time.monotonic()
        self._seconds = seconds
        self._parent = os.getppid()
        self._told_to_stop = False
        for signal_number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signal_number, self._stop)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def goes_on(self) -> bool:
        """Whether to go on for another tick."""
        return not self._told_to_stop and self.elapsed < self._seconds and os.getppid() == self._parent

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._told_to_stop = True


def step_back() -> None:
    """Take the lowest priority there is, for the processor and, where the system has it, for the disk."""
    os.setpriority(os.PRIO_PROCESS, 0, LOWEST_PRIORITY)
    with contextlib.suppress(AttributeError, OSError):  # not on every system, and not in every sandbox
        psutil.Process().ionice(psutil.IOPRIO_CLASS_IDLE)


def arguments(purpose: str) -> argparse.ArgumentParser:
    """The command line that every culprit has."""
    parser = argparse.ArgumentParser(description=purpose)
    parser.add_argument("--seconds", type=float, default=180, help="how long to go on")
    return parser


def bounded_arguments(purpose: str, *, rate: float, limit: float) -> argparse.ArgumentParser:
    """The command line of a culprit that takes bytes, with its usual rate and limit in MiB."""
    parser = arguments(purpose)
    parser.add_argument("--rate", type=float, default=rate, help="MiB a second")
    parser.add_argument("--limit", type=float, default=limit, help="MiB at most")
    return parser


def bounds(given: argparse.Namespace, there_is: int, share: float) -> Bounds:
    """The bounds `given`, but never more than `share` of the bytes that there are."""
    return Bounds(given.rate * MEBIBYTE, min(int(given.limit * MEBIBYTE), int(there_is * share)))
