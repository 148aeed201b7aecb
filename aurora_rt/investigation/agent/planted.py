"""Lines in an output that speak to whoever reads them, as machines do not: planted ones. Pure.

A guess by wording. What is wrongly taken for planted bears no claim, and is still shown; nothing else hangs on it.
What keeps a model from doing what such a line asks is that it has no tool to do it with.
"""

import re
from typing import Final

from aurora_rt.investigation.agent.quoting import visible

_READER: Final = r"(?:ai|llm|assistant|agent|model|bot|aurora|investigator|analyst|operator)s?"
_WAYS: Final = (
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:above|previous|prior|earlier|all|instructions?|rules?|prompt)\b",
    r"\b(?:you are|you're|act as|pretend to be)\b.{0,30}\b(?:now|admin\w*|root|an? " + _READER + r")\b",
    r"\b(?:dear|hey|hello|attention|note to|message (?:to|for)|instructions? (?:to|for))\W{0,3}(?:the )?"
    + _READER
    + r"\b",
    r"\b" + _READER + r"\b.{0,30}\b(?:must|should|shall|has to|have to|needs? to|will now|please)\b",
    r"\b(?:you|please)\b.{0,20}\b(?:must|call|run|execute|invoke|reveal|print|send|reply|respond|report|conclude|write|"
    r"say|cite|resolve|mark|approve)\b",
    r"\b(?:call|invoke|use|run|execute)\b.{0,20}\b(?:tool|function|command)\b",
    r"\b(?:system|developer) (?:prompt|message|instruction|override|notice)\b",
    r"\bnew (?:instructions?|rules?|task|objective)\b",
    r"\b(?:conclude|report|state|say|answer|summari[sz]e|write)\b.{0,20}\bthat\b",
    r"\bcause (?:is|was|of this)\b.{0,120}\b(?:resolve|close|ignore|stop|no need|done|conclude|confirmed)\b",
    r"\b(?:resolve|close|mark) (?:it|this|the incident)\b",
    r"\bno (?:further|more) (?:investigation|analysis|looks?|steps?)\b",
    r"\b(?:ignor(?:iere|iert|ez|a|e|en)|vergiss|oublie[rz]?|olvid[ae]|игнорируй\w*|забудь\w*)\b|無視|忽略|忽视|무시",
    r"<\|[^|<>\n]{0,40}\|>|\[/?INST\]|<</?SYS>>",
    r"</?(?:system|assistant|tool_?(?:result|call|response)s?|function_?(?:call|result)s?)\b",
    r"[\"']role[\"']\s{0,4}:\s{0,4}[\"'](?:system|assistant|developer|tool)[\"']",
    r"^\W{0,12}(?:system|assistant|developer|human)(?: prompt| message)?\W{0,3}:(?=\s)",
    r"⟦|⟧|!\[[^\]\n]{0,200}\]\(",
)
_INSTRUCTS: Final = re.compile("|".join(_WAYS), re.IGNORECASE)


def instructs(line: str) -> bool:
    """Whether a line of an output tells its reader what to do, to say or to believe."""
    return _INSTRUCTS.search(visible(line)[:4000]) is not None
