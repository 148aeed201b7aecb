"""`python -m aurora_rt` is `aurora-rt`."""

from aurora_rt.cli import main

if __name__ == "__main__":
    main()
