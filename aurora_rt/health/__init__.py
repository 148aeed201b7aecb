"""Health: what Kubernetes and people ask before they send work.

Liveness never touches a dependency: a restart does not heal a database. Readiness is 503 before the migrations are
done, while the database is away, and from the first moment of shutdown. `/health` looks at everything side by side,
each look with a time limit, and keeps the answer for a second, so that probes cannot load the system: without Redis
we are degraded, without the database unhealthy.
"""
