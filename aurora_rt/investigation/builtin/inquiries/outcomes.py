"""From an assessment to how an inquiry's thought goes on."""

from collections.abc import Iterable, Sequence
from typing import Final

from aurora_rt.investigation.builtin.evidence import gap
from aurora_rt.investigation.builtin.families import Family
from aurora_rt.investigation.builtin.findings.finding import Assessment
from aurora_rt.investigation.builtin.gathering import Outcome
from aurora_rt.investigation.builtin.wording import sentences
from aurora_rt.toolsets.toolset import Observation

MOST_TOLD: Final = 3


def outcome(
    assessment: Assessment,
    observations: Iterable[Observation],
    families: Sequence[Family] = (),
    missing: Sequence[str] = (),
) -> Outcome:
    """What was found, what is as usual and what failed, in a few sentences; of `families` first.

    `missing` tells of looks that succeeded what they could not see.
    """
    gaps = (*(gap(seen) for seen in observations if seen.error is not None), *missing)
    findings = sorted(assessment.findings, key=lambda one: (one.family not in families, -one.strength))
    told = [one.claim for one in findings[:MOST_TOLD]]
    if not told:
        told = [one.claim for one in assessment.cleared[:MOST_TOLD]]
    text = sentences([*told, *(f"Could not be seen: {one}" for one in gaps)])
    if assessment.findings:
        return Outcome(text, "observation", assessment, gaps)
    if assessment.cleared:
        return Outcome(text, "ruled_out", assessment, gaps)
    return Outcome(text or "There was nothing to be seen.", "limitation", assessment, gaps)
