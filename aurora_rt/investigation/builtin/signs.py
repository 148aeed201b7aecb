"""Lines of logs that tell why something fails: what to look for, and what it means. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from aurora_rt.investigation.builtin.families import Kind

_HOST: Final = r"(?:\w+://)?(?:[^\s/@\"']+@)?([a-z][\w-]*)(?:\.[\w.-]+)?:\d{2,5}"

_UNRESOLVED: Final = (
    r"(?:ENOTFOUND|resolve(?: host)?:?|host name|hostname|UnknownHostException:)\s+[\"']?([a-z][\w-]*)"
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A kind of line that tells why."""

    pattern: re.Pattern[str]
    kind: Kind
    strength: float
    says: str


def _sign(kind: Kind, strength: float, says: str, *patterns: str) -> Sign:
    return Sign(re.compile("|".join(patterns), re.IGNORECASE), kind, strength, says)


SIGNS: Final = (
    _sign(
        "permission_denied",
        0.92,
        "its service account may not do what it tries",
        r'forbidden: User "?system:serviceaccount',
        r"is forbidden: .*cannot (?:get|list|watch|create|update|patch|delete)",
    ),
    _sign(
        "certificate",
        0.9,
        "a certificate is refused",
        r"x509: certificate",
        r"certificate (?:has expired|verify failed|signed by unknown)",
        r"tls: (?:bad|failed)",
        r"SSLError",
        r"SSL_ERROR",
        r"CERTIFICATE_VERIFY",
    ),
    _sign(
        "authentication",
        0.92,
        "credentials are refused",
        r"password authentication failed",
        r"access denied for user",
        r"WRONGPASS",
        r"NOAUTH",
        r"invalid (?:username|password|credentials)",
        r"authentication failed",
        r"\b401 Unauthorized",
        r"auth(?:entication)? error",
        r"not authorized on",
        r'role "[^"]+" does not exist',
    ),
    _sign(
        "config_error",
        0.85,
        "a database or table is missing",
        r'database "?[\w-]+"? does not exist',
        r"unknown database",
        r'relation "[^"]+" does not exist',
        r"no such table",
        r"doesn't exist\b.*table",
    ),
    _sign(
        "dns_failure",
        0.8,
        "a name cannot be resolved",
        r"no such host",
        r"name or service not known",
        r"temporary failure in name resolution",
        r"could not resolve",
        r"getaddrinfo",
        r"ENOTFOUND",
        r"NXDOMAIN",
        r"server misbehaving",
        r"UnknownHostException",
        r"Name does not resolve",
        r"nodename nor servname",
    ),
    _sign(
        "pool_exhausted",
        0.88,
        "connections are used up",
        r"too many connections",
        r"remaining connection slots",
        r"connection pool (?:exhausted|timeout)",
        r"pool is exhausted",
        r"QueuePool limit",
        r"max(?:imum)? (?:number of )?(?:connections|clients) reached",
        r"all \d+ (?:\w+ )?(?:are )?in use",
        r"no (?:\w+ )?connections? (?:is |are )?(?:available|free|left|within)",
        r"connection is not available, request timed out",
        r"timed? ?out waiting for (?:an? )?(?:idle object|(?:\w+ )?connection)",
        r"acquir\w+ (?:an? )?(?:\w+ )?connection.{0,40}timed? ?out",
    ),
    _sign(
        "disk_filling",
        0.9,
        "the disk is full",
        r"no space left on device",
        r"ENOSPC",
        r"disk (?:quota exceeded|full)",
    ),
    _sign(
        "out_of_memory",
        0.88,
        "memory runs out",
        r"out ?of ?memory",
        r"OutOfMemoryError",
        r"cannot allocate memory",
        r"heap out of memory",
        r"MemoryError",
        r"OOM command not allowed",
    ),
    _sign("descriptor_exhaustion", 0.85, "open files run out", r"too many open files", r"EMFILE"),
    _sign(
        "config_error",
        0.8,
        "it may not read or write what it needs",
        r"read-only file system",
        r"EROFS",
        r"permission denied",
        r"EACCES",
        r"operation not permitted",
    ),
    _sign(
        "bad_command",
        0.75,
        "something that it starts or loads is missing",
        r"executable file not found",
        r"exec format error",
        r"command not found",
        r"can't open file",
        r"cannot find module",
        r"ModuleNotFoundError",
        r"ImportError",
        r"ClassNotFoundException",
        r"no such file or directory",
    ),
    _sign("config_error", 0.8, "its port is taken", r"address already in use", r"EADDRINUSE", r"bind: "),
    _sign(
        "config_error",
        0.86,
        "its configuration is wrong or incomplete",
        r"(?:environment variable|env(?:ironment)? var|config(?:uration)?|setting|property|key|option|flag|argument)s? "
        r".{0,60}(?:not set|missing|required|undefined|invalid|not found|unknown|unrecognized)",
        r"missing (?:required )?(?:environment|config|env)",
        r"required .{0,40}not (?:set|provided)",
        r"KeyError",
        r"unrecognized (?:option|argument|flag)",
        r"unknown (?:flag|option|command)",
        r"flag provided but not defined",
        r"invalid (?:value|configuration|config)",
        r"(?:yaml|json|toml)[^\n]{0,40}(?:parse|syntax|unmarshal|decod)\w*",
        r"failed to (?:load|parse|read) config",
        r"could not parse",
    ),
    _sign(
        "dependency_down",
        0.68,
        "something that it calls does not answer",
        r"connection refused",
        r"ECONNREFUSED",
        r"connect: no route",
        r"connection reset",
        r"ECONNRESET",
        r"broken pipe",
        r"dial tcp",
        r"i/o timeout",
        r"ETIMEDOUT",
        r"deadline exceeded",
        r"connection timed out",
        r"timed? ?out (?:connecting|waiting)",
        r"ConnectTimeout",
        r"upstream connect error",
        r"UNAVAILABLE",
        r"failed to connect",
        r"could not connect",
        r"can't connect",
        r"unable to connect",
        r"connection error",
    ),
    _sign(
        "crash",
        0.7,
        "it crashes",
        r"panic:",
        r"segmentation fault",
        r"SIGSEGV",
        r"fatal error",
        r"uncaught exception",
        r"unhandled (?:exception|rejection)",
        r"Traceback \(most recent",
        r"Exception in thread",
        r"NullPointerException",
        r"assertion failed",
    ),
)
"""Most telling first: a line that fits several tells what the first says."""


@dataclass(frozen=True, slots=True)
class Told:
    """The line of a log that tells why."""

    sign: Sign
    line: str
    hosts: tuple[str, ...]
    """Names of what it calls, as far as the line names them."""
    times: int


def telling(lines: Sequence[str]) -> Told | None:
    """The line that best tells why; `None` when none does."""
    for sign in SIGNS:
        found = [line for line in lines if sign.pattern.search(line)]
        if found:
            line = found[-1].strip()
            return Told(sign, line, tuple(dict.fromkeys(_hosts(line))), len(found))
    return None


def _hosts(line: str) -> Iterator[str]:
    yield from re.findall(_HOST, line)
    yield from re.findall(r"lookup ([a-z][\w-]*)(?:\.[\w.-]+)?", line)
    yield from re.findall(
        r"(?:ENOTFOUND|resolve(?: host)?:?|host name|hostname|UnknownHostException:)\s+\"?'?([a-z][\w-]*)",
        line,
    )
