"""What a model knows and may cite: the looks by number, and what was found by rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aurora_rt.investigation.agent.claims import MARK, checked
from aurora_rt.investigation.agent.quoting import legible_answer
from aurora_rt.investigation.investigator import Case, Suggestion, Summary, Thought
from aurora_rt.toolsets.toolset import Looking, Observation


@dataclass(slots=True)
class Ground:
    """The evidence of one conversation. Grows as it goes on."""

    tools: Looking
    known: str
    """What is known without a look: the alert's own words, a question, what the organization noted."""
    looks: dict[int, Observation] = field(default_factory=dict)
    thoughts: list[Thought] = field(default_factory=list)
    summary: Summary | None = None
    """What the rules come to."""
    suggestions: list[Suggestion] = field(default_factory=list)
    """What the rules suggest."""

    def sound(self, text: str) -> str:
        """`text` as it may be shown: what no look bears taken out or marked, and nothing in it that fetches."""
        found = checked(text, self.looks, unusable=self.unusable, window=self.tools.window, known=self.known)
        return legible_answer(found.text, [*self._shown(), self.known]).strip()

    def thinkable(self, text: str) -> str:
        """`text` as a thought: a plan or a guess needs no citation, so it is not marked; what is made up is out."""
        return self.sound(text).replace(f" {MARK}", "")

    @property
    def unusable(self) -> Mapping[str, str]:
        """Toolset → why it cannot be used."""
        return self.tools.unusable

    @property
    def used(self) -> frozenset[str]:
        """The tools that have shown something."""
        return frozenset(one.tool for one in self.looks.values() if one.error is None)

    def _shown(self) -> list[str]:
        return [f"{one.command}\n{one.output}" for one in self.looks.values()]


def words_of(case: Case) -> str:
    """What a case says, in one text."""
    alerts = [
        f"{one.title} {one.description} {one.service} {one.severity} {one.expression or ''} {one.source_url} "
        + " ".join(f"{name}={value}" for name, value in (*one.labels.items(), *one.annotations.items()))
        for one in case.alerts
    ]
    return "\n".join([case.title, case.service, case.environment, case.source, *alerts, case.notes])
