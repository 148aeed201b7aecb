"""Toolsets that are declared in a YAML file: one file is one toolset.

    shape       what a file may hold, as pydantic models (`File.model_json_schema()` is its JSON Schema)
    files       reading files, and a sentence for each thing that is wrong with one
    parameters  declared parameters as a model that validates them
    words       an argument vector from a template
    commands    a toolset whose tools are command templates
    endpoints   what a file may hold that names a server, of plain HTTP or of the Model Context Protocol
    requests    a toolset whose tools are GETs of one HTTP server

Files lie in this folder's parent (shipped) and in the folder that `AURORA_TOOLSETS` names. An example:

    name: sockets
    title: Sockets
    description: What listens on this host, and who is connected to it.
    cost: low
    needs:
      programs: [ss]                 # default: the first word of each command
      paths: [/proc/net]             # must be there, too
    tools:
      - name: connections
        description: TCP connections, by state.
        parameters:
          state: {type: choice, choices: [established, time-wait], default: established, description: The state.}
          port: {type: integer, minimum: 1, maximum: 65535, required: false, description: Our port.}
        command:
          - ss
          - --tcp
          - state
          - "{state}"                # a parameter is one word, or a part of one; it never becomes a flag
          - {when: port, words: [sport, "=", ":{port}"]}   # only when `port` is given (or true)
        timeout: 10                  # seconds
        fresh_for: 2                 # seconds for which other investigations may use the same look
        succeeds_with: [0]           # exit statuses
        empty: There are none.       # said when nothing is printed
        facts: lines                 # the output is lines of a log

`{window_start}` and `{window_end}` are the incident's window: `2026-01-31 12:00:00 UTC`; `{window_start_iso}` is
`2026-01-31T12:00:00Z`, `{window_start_unix}` is 1769860800. There is no shell. What runs is checked by
`toolsets.commands` like every command, and with sample values already at start-up, so that a template that may never
run is refused there.

A file with `http:` has tools that GET paths of one server; redirects are not followed, and metadata addresses are not
asked. `${NAME}` is an environment variable; a secret never stands in a file:

    name: feature_flags
    title: Feature flags
    description: Which features are on, and who changed them.
    cost: low
    http:
      url: https://flags.example.com/api
      headers: {Authorization: "Bearer ${FLAGS_TOKEN}"}
      health: /health                # default: /
    tools:
      - name: changes
        description: What was changed within the incident's window.
        parameters:
          project: {type: string, description: The project's name.}
          limit: {type: integer, minimum: 1, maximum: 200, required: false, description: At most so many.}
        path: /projects/{project}/changes    # a parameter is one segment of a path or a part of one
        query: {since: "{window_start_iso}", limit: "{limit}"}   # left out without `limit`

A file with `mcp:` is a server of the Model Context Protocol: see `toolsets.mcp`.
"""
