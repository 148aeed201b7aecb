"""Fills a directory: `python -m aurora_rt.demo.disk_filler --directory /tmp/x --rate 3 --limit 300`."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from aurora_rt.demo.culprit import MEBIBYTE, TICK, Bounds, Watch, bounded_arguments, bounds, step_back

SHARE_OF_FREE = 0.05


def main(argv: Sequence[str] | None = None) -> None:
    """Write until it is time to stop, then remove what was written."""
    parser = bounded_arguments("Fill a directory.", rate=3, limit=300)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()))
    given = parser.parse_args(argv)
    watch = Watch(given.seconds)
    step_back()
    allowed = bounds(given, shutil.disk_usage(given.directory).free, SHARE_OF_FREE)
    with tempfile.TemporaryDirectory(prefix="export-", dir=given.directory) as directory:
        fill(Path(directory) / "rows.csv.part", allowed, watch)


def fill(path: Path, allowed: Bounds, watch: Watch) -> None:
    """Let the file grow as `allowed`, and keep it open, while the watch says so."""
    block = bytes(range(256)) * (MEBIBYTE // 256)
    written = 0
    with path.open("wb", buffering=0) as file:
        while watch.goes_on():
            written += file.write(block[: max(0, allowed.due(watch.elapsed) - written)])
            time.sleep(TICK)  # always: chasing every byte would burn a processor, which is another problem


if __name__ == "__main__":
    main()
