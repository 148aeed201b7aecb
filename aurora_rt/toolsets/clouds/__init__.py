"""What the toolsets of all clouds share.

    secrets     keeping credentials out of what is shown
    tokens      bearer tokens: kept in memory until shortly before they end, asked for once
    listing     resources as facts and as a table
    timeseries  series, and `lines` lines of logs, as facts and as text
    together    asking side by side
    shapes      the base of the shapes of what comes back

Each cloud keeps its own way of asking: how requests are signed and refused has nothing in common.
"""
