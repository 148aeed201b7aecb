"""Toolsets: how an investigator looks at the world.

A toolset is one module here that exports `TOOLSET: Final = Toolset(...)`: its name, what its tools do and cost,
when it is usable and how healthy it is; or one YAML file (`declared`), here or in the user's own folder, which may also
name a server of the Model Context Protocol (`mcp`). Start-up reads the folders (`registry`), so adding one is adding a
file and removing one is deleting it. The built-in investigator and a language model use the same tools.

Promises that every tool keeps, because `toolbox.Toolbox` enforces them: it only reads; it looks at the incident's
own window; it ends within its time limit; its output is bounded and free of what looks like a secret; it never
raises (a failure is an `Observation` with an `error` that says in a sentence what could not be seen and why); and
what it saw is both text for a person (`output`) and typed facts for rules (`facts`).

`commands` alone starts programs: argument vectors, never a shell, when `verdicts` finds that they only read and the
`policy` of the incident's organization lets them, with limits of time and output; and the servers that an operator
configured. `policies` keeps the rules of organizations. Callers: `investigation`, `chat`. Imports: `connectors` and
below.
"""
