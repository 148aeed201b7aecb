"""Who answers."""

from aurora_rt.clock import new_id
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigators import Investigators
from aurora_rt.llm.ready import Models
from aurora_rt.settings import Settings


class Asked(Models):
    def __init__(self) -> None:
        pass

    async def ready(self, *_: object, **__: object) -> tuple[()]:
        raise AssertionError("a model is asked for")


async def test_who_names_the_built_in_investigator_is_answered_by_it_though_there_is_a_model(
    settings: Settings,
) -> None:
    there = Investigators(settings.model_copy(update={"model": "anthropic/claude-3.5-sonnet"}), Asked())
    who = await there.for_question(
        new_id(), "builtin", answer_id=new_id(), session_id=new_id(), incident_id=None
    )
    assert isinstance(who, BuiltinInvestigator)
