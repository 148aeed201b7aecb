"""What AWS says when it refuses, as sentences that say what to do. Pure."""

import re
from typing import Final

from aurora_rt.toolsets.aws.account import Account
from aurora_rt.toolsets.aws.services import Service
from aurora_rt.toolsets.clouds.secrets import discreet
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.toolset import ToolFailed

_CODES: Final = (
    re.compile(r'"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z0-9.]+)'),
    re.compile(r'"[cC]ode"\s*:\s*"([A-Za-z0-9.]+)"'),
    re.compile(r"<Code>([A-Za-z0-9.]+)</Code>"),
)
_MESSAGES: Final = (
    re.compile(r'"[mM]essage"\s*:\s*"((?:[^"\\]|\\.){0,600})'),
    re.compile(r"<Message>([^<]{0,600})"),
)
_PERMISSION: Final = re.compile(r"not authorized to perform:? ([A-Za-z0-9-]+:[A-Za-z0-9*]+)")
_THROTTLED: Final = re.compile(
    r"Throttl|RequestLimitExceeded|TooManyRequests|LimitExceededException|SlowDown"
)
_DENIED: Final = re.compile(r"AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized")
_CLOCK: Final = re.compile(r"RequestTimeTooSkewed|RequestExpired|Signature (?:expired|not yet current)")
_EXPIRED: Final = re.compile(r"ExpiredToken")
_SIGNATURE: Final = re.compile(r"SignatureDoesNotMatch|InvalidSignature|IncompleteSignature")
_UNKNOWN: Final = re.compile(
    r"InvalidClientTokenId|UnrecognizedClient|AuthFailure|InvalidAccessKeyId|MissingAuth"
)


def explained(failed: ToolFailed, account: Account, service: Service, operation: str) -> ToolFailed:
    """The failure in words that say what to do, without anything secret."""
    code, said = _first(_CODES, failed.output), one_line(_first(_MESSAGES, failed.output), 400)
    if not code:
        return discreet(failed, account.secrets)
    return discreet(failed, account.secrets, _sentence(code, said, service, operation))


def _sentence(code: str, said: str, service: Service, operation: str) -> str:
    told = f"{code} {said}"
    named = _PERMISSION.search(said)
    wanted = named.group(1) if named else f"{service.name}:{operation}"
    meanings = (
        (_CLOCK, "AWS refuses the time of the signature: the clock of this machine is wrong"),
        (_EXPIRED, "The AWS session has ended: AWS_SESSION_TOKEN and its access key have to be renewed"),
        (_THROTTLED, f"AWS was asked too often for {service.name} {operation} and wants us to wait"),
        (_DENIED, f"AWS does not let us ask: the access key lacks the permission {wanted}"),
        (
            _SIGNATURE,
            "AWS refuses the signature: AWS_SECRET_ACCESS_KEY does not belong to the access key, or the clock of "
            "this machine is wrong",
        ),
        (_UNKNOWN, "AWS does not know the access key: AWS_ACCESS_KEY_ID is wrong or was taken away"),
    )
    for sign, meaning in meanings:
        if sign.search(told):
            return f"{meaning} ({code})."
    return f"AWS refused {service.name} {operation}: {said.rstrip('.') or 'no reason given'} ({code})."


def _first(signs: tuple[re.Pattern[str], ...], text: str) -> str:
    return next((found.group(1) for sign in signs if (found := sign.search(text))), "")
