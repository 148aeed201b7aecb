"""Burns all the time of one processor core: `python -m aurora_rt.demo.cpu_hog --seconds 180`."""

from collections.abc import Sequence

from aurora_rt.demo.culprit import Watch, arguments, step_back

ROUNDS = 200_000
"""Turns of the wheel between two looks at the watch: some hundredths of a second."""


def main(argv: Sequence[str] | None = None) -> None:
    """Burn until it is time to stop."""
    given = arguments("Burn one processor core.").parse_args(argv)
    watch = Watch(given.seconds)
    step_back()
    state = 1
    while watch.goes_on():
        for _ in range(ROUNDS):
            state = (state * 48271) % 2147483647


if __name__ == "__main__":
    main()
