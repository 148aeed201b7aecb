"""Takes more and more memory: `python -m aurora_rt.demo.memory_leak --rate 5 --limit 400`."""

import time
from collections.abc import Sequence

import psutil

from aurora_rt.demo.culprit import TICK, Watch, bounded_arguments, bounds, step_back

SHARE_OF_AVAILABLE = 0.10


def main(argv: Sequence[str] | None = None) -> None:
    """Leak until it is time to stop; the end of the process gives everything back."""
    given = bounded_arguments("Leak memory.", rate=5, limit=400).parse_args(argv)
    watch = Watch(given.seconds)
    step_back()
    allowed = bounds(given, psutil.virtual_memory().available, SHARE_OF_AVAILABLE)
    kept: list[bytes] = []
    taken = 0
    while watch.goes_on():
        size = allowed.due(watch.elapsed) - taken
        if size > 0:
            kept.append(b"\xa5" * size)  # written to, or the system would not really give it
            taken += size
        time.sleep(TICK)


if __name__ == "__main__":
    main()
