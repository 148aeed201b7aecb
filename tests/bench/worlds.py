"""How often the built-in investigator finds the cause in made-up systems, made from seeds that no test uses.

    python tests/bench/worlds.py [--first SEED] [--worlds N]

Systems differ in size, shape, naming and noise (`tests/investigation/evaluation/worlds.py`); each of eight kinds of
fault comes equally often, and one in five systems is as usual.
"""

import argparse
import asyncio
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "investigation" / "evaluation"))

from worlds import FAULTS, Fault, recorded, world

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.evaluation.play import Stage
from aurora_rt.investigation.evaluation.score import Scored, scored
from aurora_rt.settings import load
from aurora_rt.toolsets.registry import discover


async def played(stage: Stage, seed: int, fault: Fault) -> Scored:
    made = world(seed, fault=fault)
    return scored(await stage.play(recorded(replace(made, step=max(30.0, made.step)))))


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--first", type=int, default=61_000)
    asked.add_argument("--worlds", type=int, default=240)
    options = asked.parse_args()
    faulty, first = options.worlds * 4 // 5, Counter[str]()
    async with httpx.AsyncClient() as http:
        stage = Stage(BuiltinInvestigator(), discover(), load(), http)
        scores = [await played(stage, options.first + n, FAULTS[n % len(FAULTS)]) for n in range(faulty)]
        usual = [await played(stage, options.first + n, "none") for n in range(faulty, options.worlds)]
    for n, one in enumerate(scores):
        first[FAULTS[n % len(FAULTS)]] += one.place == 1
    print(f"right place first       {sum(first.values())} of {faulty}")
    print(
        f"among the first three   {sum(one.place is not None and one.place <= 3 for one in scores)} of {faulty}"
    )
    print(f"place and kind first    {sum(one.place_and_kind == 1 for one in scores)} of {faulty}")
    print(f"blamed without a fault  {sum(not one.healthy for one in usual)} of {len(usual)}")
    print("first, by fault         " + ", ".join(f"{fault} {first[fault]}" for fault in FAULTS))


if __name__ == "__main__":
    asyncio.run(main())
