"""Identity: who is asking, and how somebody becomes somebody we know.

- `models`        Caller: the user who asks, with organization and role.
- `registration`  a new user gets an organization of their own and is its admin.
- `organizations` which organization a member belongs to, for commands outside any request.
- `members`       who is in an organization, as what, and invitations; there is always an admin left.
- `login`         e-mail and password against what is stored; failures are logged and slowed down.
- `profile`       what people change of themselves.
- `sessions`      what a browser holds after signing in: 256 random bits in a cookie, stored as SHA-256.
- `tokens`        for programs: API tokens with a scope and an end, and tokens that open one socket.
- `passwords`     bcrypt on two threads of its own, so that a flood of logins starves nobody else.
- `guard`         how often somebody may be wrong, per account and per address.
- `trust`         when the header X-User-ID is believed. Pure.
- `asking`        from a `Visitor` (cookie, token, header, peer) to a `Caller`; for REST and Socket.IO.
- `http`          the same for a route: `await callers.current()`, which also checks the role (`@needs(…)`).
- `allowed`       what a role and a token allow. Pure.
- `desk`          what the verbs need, in one place: settings, database, passwords, limits.

Invariants: an unknown e-mail takes as long as a wrong password; e-mails are compared in lower case and are
unique across organizations; no password, token or e-mail is logged (of an e-mail its SHA-256, to see repeated
attacks). Who is asking is looked up anew for each request, and for each message of an open socket, so a role that
changes or a session that ends counts at once; what an open socket hears ends within seconds (`realtime.admission`).

Changing a password ends all other sessions, also one that is begun with the old password at that very moment, and
what their socket tokens opened or would open. It revokes no API token: programs hold those, each is shown with its
last use and revoked by itself, as on GitHub; a new password must not silence every probe and dashboard.

What has ended is forgotten by whoever makes the next of its kind (session, socket token, invitation), a bounded
number at a time: the work follows what is made, not what ever was, and needs no loop of its own.

The organization of a request follows from its caller. So the questions that find out who is asking take a
bare `Connection`; all others take a `Scope` as everywhere.

Callers: everybody above. On shutdown `Passwords.close()` lets the hashes being computed end.
"""
