"""A possible cause: one place, and all that speaks for it."""

from dataclasses import dataclass

from aurora_rt.investigation.builtin.families import Kind
from aurora_rt.investigation.builtin.findings.finding import Finding, Subject
from aurora_rt.investigation.investigator import Cause


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible cause, with all that speaks for it: what tells most first, then by weight."""

    node: str
    score: float
    findings: tuple[Finding, ...]
    subject: Subject
    doubt: float = 1.0
    """What its confidence counts where others come close."""

    @property
    def kind(self) -> Kind:
        """What is wrong there, as the most telling finding says."""
        return self.findings[0].kind

    @property
    def confidence(self) -> float:
        """How sure it is that this is the cause, 0 to 1."""
        return round((0.04 + 0.9 * self.score) * self.doubt, 2)

    @property
    def cause(self) -> Cause:
        """As it is handed on."""
        return Cause(self.node, self.kind, self.confidence)
