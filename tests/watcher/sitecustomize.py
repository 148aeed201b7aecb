"""Writes down whom this process connects to and which names it looks up. Python imports it from PYTHONPATH.

Python's own sockets tell it by audit events (docs.python.org/3/library/audit_events.html). libuv's, under uvloop, do
not: so what uvloop is asked to connect to is written down before it is. Some modules are, when they are imported.
"""

import os
import sys
from functools import wraps

import uvloop

EVENTS = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}
"""Event → where in its arguments is whom it is about."""
MODULES = ("wordllama.inference", "tokenizers", "openai", "anthropic")

written = os.open(os.environ["WATCHED_TO"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def write(kind, whom):
    if isinstance(whom, tuple):
        whom = whom[0]
    if isinstance(whom, bytes):
        whom = whom.decode(errors="replace")
    os.write(written, f"{kind} {whom}\n".encode())


def heard(event, arguments):
    if event in EVENTS:
        write(event, arguments[EVENTS[event]])
    elif event == "import" and arguments[0] in MODULES:
        write("import", arguments[0])


def watch(name, at, keyword):
    """Write down whom a method of uvloop's loop is asked for: the argument at a place, or with a name."""
    method = getattr(uvloop.Loop, name)

    @wraps(method)
    def watched(self, *arguments, **named):
        whom = arguments[at] if len(arguments) > at else named.get(keyword)
        if whom is not None:
            write(f"uvloop.{name}", whom)
        return method(self, *arguments, **named)

    setattr(uvloop.Loop, name, watched)


watch("create_connection", 1, "host")
watch("create_datagram_endpoint", 2, "remote_addr")
watch("sock_connect", 1, "address")
watch("getaddrinfo", 0, "host")
watch("getnameinfo", 0, "sockaddr")
sys.addaudithook(heard)
