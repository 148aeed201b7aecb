"""Servers of the Model Context Protocol (https://modelcontextprotocol.io) as toolsets.

    connection  one server: connected to, listed, lost, connected to again; its toolset as it is now
    session     the official SDK over a program's pipes or HTTP; the only module that needs it to be imported
    offered     which of its tools are offered, and as what
    schema      a tool's JSON Schema as a model that validates calls
    answers     what a tool answered, as text
    mishaps     what went wrong, in a sentence

A server is declared in a YAML file of the folder that `AURORA_TOOLSETS` names, and nowhere else:

    name: github
    title: GitHub
    description: Issues, pull requests and files.
    cost: moderate
    mcp:
      command: [npx, -y, "@modelcontextprotocol/server-github"]
      environment: {HOME: "${HOME}", GITHUB_PERSONAL_ACCESS_TOKEN: "${GITHUB_TOKEN}"}
      # or  url: https://mcp.example.com/mcp
      #     headers: {Authorization: "Bearer ${GITHUB_TOKEN}"}
    tools: [get_issue, list_commits]   # these are offered
    read_only: true                    # and those that say that they only read
    timeout: 20                        # seconds for a call

Default is deny: a tool that is neither on the list nor says `readOnlyHint` is not offered. Secrets stand in the
environment, never in the file. A program gets a clean environment and the named variables, and ends with us. What a
server says of itself and its tools is foreign text: bounded, marked as the server's words, and its `instructions` are
not read. Nothing here is on the path of an incident but the call of a tool itself: connecting and listing happen beside
it, in `Connection.run`, again and again with growing pauses.
"""
