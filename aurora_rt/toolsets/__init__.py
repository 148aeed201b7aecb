"""Toolsets: how an investigator looks at the world.

A toolset is one module here that exports `TOOLSET: Final = Toolset(...)`: its name, what its tools do and cost,
when it is usable and how healthy it is; or one YAML file (`declared`), here or in the user's own folder, which may also
name a server of the Model Context Protocol (`mcp`). Start-up reads the folders (`registry`), so adding one is adding a
file and removing one is deleting it. The built-in investigator and a language model use the same tools.

What they share, the `FRAME` of `registry`:

    toolset, toolbox     what a toolset and a tool are; the tools of one investigation, and `shared` looks of several
    facts/               what tools tell, typed
    checkup              how toolsets are, looked at beside incidents; `routes` shows it
    servers, envelope    asking a server over HTTP, and a sentence for each way in which that fails
    origins              several origins of one toolset, of which some may fail
    databases/, clouds/  what the toolsets over databases, and over clouds, share
    addresses, guard     which addresses are never connected to; what a name resolves to, checked before connecting
    commands, verdicts/  starting programs; which commands only read
    policy, policies     which of those an organization lets run; `queries`, `policy_routes` and `policy_schemas` keep
                         and change its rules
    declared/, mcp/      toolsets that a file declares; servers of the Model Context Protocol
    acting, legible, tables
                         text that can be kept, without secrets, in columns
    comparison           measurements of many places beside what is usual for each

No call leaves this machine unless a setting, a file or a question names where to: `tests/toolsets/test_no_settings.py`.

Promises that every tool keeps, because `toolbox.Toolbox` enforces them: it only reads; it looks at the incident's
own window; it ends within its time limit; its output is bounded and free of what looks like a secret; it never
raises (a failure is an `Observation` with an `error` that says in a sentence what could not be seen and why); and
what it saw is both text for a person (`output`) and typed facts for rules (`facts`).

`commands` alone starts programs: argument vectors, never a shell, when `verdicts` finds that they only read and the
`policy` of the incident's organization lets them, with limits of time and output; and the servers that an operator
configured. `policies` keeps the rules of organizations. Callers: `investigation`, `chat`. Imports: `connectors` and
below.
"""
