"""The web edge: what every route needs, and no domain.

A request passes, in this order:

1. `access`    gets an id (bound to every log record, sent back as X-Request-ID) and is logged when answered;
2. `origin`    an unsafe method with an `Origin` that is neither ours nor one of FRONTEND_URL is refused;
3. `limited`   one call is taken from the caller's limit, the one that the route declares (`@limited(…)`);
4. the route   reads its body with `bodies.read_json`, answers with `bodies.answer`, raises an `AuroraError`;
5. `errors`    every failure becomes `{"error": sentence, "code": code}`, with one status for each kind;
6. `headers`, `cors`, `limited`  put their headers on every answer, errors included.

`openapi` makes the API's document of what the routes declare, and `/docs` is a page to read and try it.
`edge.install` wires all of this into an app; `static` serves the user interface from memory.

`uploads` reads a file that is sent, piece by piece; `pacing` sees to it that no body comes in faster than it is read.

`moments` are times that clients send, in bodies, queries and cursors: in UTC, and such that they can be kept.

`visitor` is what the wire tells of a request (peer, scheme, headers), made from an ASGI scope, so that a
Socket.IO handshake is judged by the same code as a REST call. `limits` counts calls in Redis, across
processes, by the arithmetic of `gcra`; while Redis is away or slow each process counts for itself, and
nothing fails.

Invariants: no answer reflects a foreign origin; no body, query string or secret is logged; nothing here waits
longer than a tenth of a second for Redis; memory per visitor is bounded.

Callers: the `routes` of the domains, `identity.http`, `realtime`, `app`. Knows none of them. Holds nothing
that must be closed.
"""
