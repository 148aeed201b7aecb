"""Coming to an end."""

from typing import Final

CONCLUDE_TOOL: Final = (
    "End the looking. `causes`, best first, each with the numbers of the looks that show it as `evidence`; none when "
    "nothing is wrong. `suggestions`, four at most, specific to what was seen: `why` with citations as [3], `effect` "
    "says what it changes, `undo` how to take it back. Call it once, then write the summary."
)
CONCLUDED: Final = """\
Noted. Now write the summary for the people on call, in Markdown, and nothing else:
first “**Likely cause:** …” in one or two sentences with how sure you are (or “**Nothing wrong was found**” and why); \
then “**What supports it**”, “**Ruled out**” and “**Not checked**” as short lists, each left out if it would be empty. \
Every statement ends with the numbers of the looks that show it, as [3]. At most 300 words. No actions: those are \
listed already."""
END_MARK: Final = "Look no further."
"""By which it is known that a model was told to look no further."""
NEAR_MARK: Final = "look only at what decides between causes"
LIMIT_MARK: Final = "has come to its limit."
"""In why it was told so, when a limit of ours is the reason."""
CONCLUDE_NOW: Final = """\
{why} Look no further. Call `conclude` with what you know now. If you cannot call it, write the summary at once: \
“**Likely cause:** …” first, then what supports it, each statement with the numbers of the looks that show it: [3]."""
LIMIT_NEAR: Final = "{left} left: look only at what decides between causes, then call `conclude`."
CONCLUDED_ALREADY: Final = "That is noted already. Write the summary now, and nothing else."
OVERRULED: Final = (
    "The analysis by rules puts “{rules}” first, and you put “{model}” first without a look that speaks for it. Name "
    "in `evidence` the numbers of looks that show it (they must exist and have worked), or look first."
)
