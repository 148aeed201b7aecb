"""When no model can finish: the analysis by rules is given instead, and says that it is that."""

from aurora_rt.investigation.agent.asking import NoModelLeft, Spent
from aurora_rt.investigation.agent.ground import Ground
from aurora_rt.investigation.agent.voice import Voice
from aurora_rt.investigation.builtin import pieces
from aurora_rt.investigation.investigator import Summary, Thought

LIMITATION = "The language model could not finish this analysis. {reason} I go on by rules, without a model."
FIRST_LINE = (
    "**The language model could not finish this analysis.** {reason} What follows is the built-in analysis, which "
    "goes by rules."
)


def fall_back(ground: Ground, voice: Voice, end: NoModelLeft | Spent) -> None:
    """Say what the rules suggest and come to, after what happened to the models."""
    reason = f"{str(end).rstrip('.')}."
    voice.say(Thought("model-away", LIMITATION.format(reason=reason), "limitation"))
    for suggestion in ground.suggestions:
        voice.say(suggestion)
    found = ground.summary or Summary("Nothing was found by rules either.")
    text = f"{FIRST_LINE.format(reason=reason)}\n\n{found.text}"
    for piece in pieces.written("summary", "summary", pieces.words(text)):
        voice.say(piece)
    voice.say(Summary(text, found.causes, ended="limit" if isinstance(end, Spent) else "fallback"))
