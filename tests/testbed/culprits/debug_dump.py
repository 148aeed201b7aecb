"""Writes one file into a directory until nothing fits any more, and keeps it so: `debug_dump DIRECTORY`."""

import sys
import time
from pathlib import Path

with (Path(sys.argv[1]) / "debug.dump").open("wb", buffering=0) as file:
    while True:
        try:
            file.write(b"d" * 500_000)
        except OSError:
            try:
                file.write(b"d" * 4096)
            except OSError:
                time.sleep(0.2)
        time.sleep(0.02)
