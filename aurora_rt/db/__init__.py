"""The database: connections, the organization that a query may see, and the schema.

PostgreSQL is the truth. SQL is static text in each package's `queries.py`; a query's first argument is a `Scope`,
a connection together with the organization it may see, so that no caller can forget the organization. Writing
goes through `events.change`, whose `Change` is a `Scope` that also commits and speaks.

Migrations are numbered `.sql` files that only go forward, applied under an advisory lock, one transaction each;
each must be compatible with the release before it (add, fill, use, drop: over two releases).
"""
