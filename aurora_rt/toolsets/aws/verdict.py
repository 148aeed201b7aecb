"""Which operations of AWS only read, and hand out neither secrets nor content: judged word by word. Pure.

What is not known to be harmless is refused. Whole words decide, so that `GetObject` is refused and
`GetObjectivesReport` is not taken for it.
"""

import re
from typing import Final

_READING: Final = (("Describe",), ("List",), ("Get",), ("Lookup",), ("Batch", "Get"))
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[0-9]+")
_OPERATION: Final = re.compile(r"[A-Z][A-Za-z0-9]{1,100}")
_CONTENT: Final = frozenset(
    {
        "Secret", "Secrets", "Password", "Passwords", "Token", "Tokens", "Credential",
        "Credentials", "Authorization", "Object", "Objects", "Parameter", "Parameters", "Item",
        "Items", "Records", "Record", "Login", "Key", "Private", "Download",
        "Layer", "Image", "Message", "Messages", "Session", "Federation", "Template",
        "Console", "Data", "Export", "Script",
    }
)  # fmt: skip
"""Words in what `Get…` gives that mean secrets or content."""
_ALLOWED: Final = frozenset({"GetMetricData", "ListSecrets"})
_REFUSED: Final = frozenset(
    {
        "DescribeInstanceAttribute",  # user data
        "DescribeLaunchTemplateVersions",
        "DescribeLaunchConfigurations",
        "DescribeVpnConnections",  # keys that are shared
        "DescribeTaskDefinition",  # environment
        "DescribeTasks",
        "DescribeSpotInstanceRequests",
        "DescribeSpotFleetRequests",
        "DescribeFleets",
        "DescribeExecution",  # what a state machine was given
        "DescribeStateMachine",
        "DescribeStateMachineForExecution",
        "GetExecutionHistory",
        "GetActivityTask",  # takes the task from who waits for it
        "GetJobDetails",
        "GetThirdPartyJobDetails",
        "GetPipeline",
        "GetQueryResults",
        "GetLogEvents",  # there is a tool for it, which hides secrets
        "DescribeStacks",  # parameters and outputs
        "ListExports",
        "ListTargetsByRule",  # what they are given
    }
)


def denied(operation: str) -> str | None:
    """Why an operation is not called, in a sentence; `None` when it only reads and gives nothing secret."""
    if not _OPERATION.fullmatch(operation):
        return f"{operation!r} is no operation of AWS, such as DescribeInstances."
    words = tuple(_WORD.findall(operation))
    if "".join(words) != operation or not any(
        words[: len(start)] == start and len(words) > len(start) for start in _READING
    ):
        return f"{operation} is not known to only read: operations that describe, list, get or look up are."
    gives = words[0] in ("Get", "Batch") and not _CONTENT.isdisjoint(words)
    if operation not in _ALLOWED and (gives or operation in _REFUSED):
        return f"{operation} may hand out secrets or content, and is not called."
    return None
