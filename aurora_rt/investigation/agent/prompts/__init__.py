"""What models are told, in as few words as will do: it has to fit into small windows, and is paid for each time."""

from aurora_rt.investigation.agent.prompts.answering import ANSWER_NOW, ANSWERING, PROPOSING
from aurora_rt.investigation.agent.prompts.concluding import (
    CONCLUDE_NOW,
    CONCLUDE_TOOL,
    CONCLUDED,
    CONCLUDED_ALREADY,
    END_MARK,
    LIMIT_MARK,
    LIMIT_NEAR,
    NEAR_MARK,
    OVERRULED,
)
from aurora_rt.investigation.agent.prompts.going_on import GO_ON
from aurora_rt.investigation.agent.prompts.investigating import INVESTIGATING

__all__ = [
    "ANSWERING",
    "ANSWER_NOW",
    "CONCLUDED",
    "CONCLUDED_ALREADY",
    "CONCLUDE_NOW",
    "CONCLUDE_TOOL",
    "END_MARK",
    "GO_ON",
    "INVESTIGATING",
    "LIMIT_MARK",
    "LIMIT_NEAR",
    "NEAR_MARK",
    "OVERRULED",
    "PROPOSING",
]
