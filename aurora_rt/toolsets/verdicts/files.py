"""Which files may be shown: by place, and never those whose usual names tell that they hold secrets.

Only what the path says is judged here, without looking at the disk: so `..` is refused, and so are the ways
through /proc into other directories.
"""

import re
from posixpath import join, normpath
from typing import Final

_SHOWN: Final = re.compile(r"/(?:etc|opt|srv|sys|usr|proc|var/(?:log|crash)|boot/grub)(?:/.*)?")
_CLOSED_PLACES: Final = re.compile(
    r"/etc/(?:kubernetes|rancher|ssl/private|letsencrypt|wireguard|openvpn|ppp|ipsec\.d|cni|docker|pki/tls/private"
    r"|NetworkManager/system-connections)(?:/|$)"
    r"|/sys/(?:kernel/(?:debug|tracing|security)|firmware)(?:/|$)"
)
"""Secrets; and what is used up by reading it, such as a trace."""
_SECRET_NAMES: Final = re.compile(
    r"shadow|secret|credential|passw|token|private|keytab|kubeconfig|\.conf\.d/auth|_history|htpasswd|debian\.cnf"
    r"|/\.(?:env|aws|ssh|kube|docker|gnupg|netrc|pgpass|my\.cnf|git-credentials|npmrc|pypirc|boto|config)"
    r"|\.env(?:\.|$)|\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|gpg|asc)$|id_(?:rsa|dsa|ecdsa|ed25519)|_key$",
    re.IGNORECASE,
)
_PROC: Final = re.compile(
    r"/proc/(?:(?:self|thread-self|\d+)/(?:status|stat|statm|cmdline|comm|limits|io|cgroup|mounts|mountinfo|sched|"
    r"schedstat|smaps|smaps_rollup|maps|numa_maps|oom_score|oom_score_adj|wchan|stack|net/[a-z0-9_]+)"
    r"|(?!kcore|kmsg|keys|kmem|kpage|vmcore|sysrq|self|thread-self|\d)[a-z_-]+"
    r"|(?:net|sys|pressure|irq|driver|fs|bus)/[A-Za-z0-9_./-]+)"
)
_SEARCHED: Final = re.compile(r"/(?:var/log|var/crash|usr/share|usr/lib)(?:/.*)?")
_USERS: Final = "/etc/passwd"
"""Its name says more than it holds: there has been no password in it for decades."""


def may_be_shown(name: str) -> bool:
    """Whether the content of a file of that name may be shown, as seen from `/`. `-` is standard input: nothing."""
    if name in ("-", _USERS):
        return True
    if ".." in name.split("/") or "\0" in name:
        return False
    path = _whole(name)
    if _CLOSED_PLACES.match(path) or _SECRET_NAMES.search(path) or not _SHOWN.fullmatch(path):
        return False
    return not path.startswith("/proc") or _PROC.fullmatch(path) is not None


def may_be_searched(name: str) -> bool:
    """Whether all files below a directory of that name may be shown."""
    return ".." not in name.split("/") and _SEARCHED.fullmatch(_whole(name)) is not None


def _whole(name: str) -> str:
    return "/" + normpath(join("/", name)).lstrip("/")
