"""Burns processor time without a pause, on the cores that are given: `encode_videos 0 1`."""

import os
import sys

os.sched_setaffinity(0, {int(core) for core in sys.argv[1:]})
state = 1
while True:
    state = (state * 48271) % 2147483647
