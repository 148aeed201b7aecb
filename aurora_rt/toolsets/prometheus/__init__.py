"""The metrics server: Prometheus, or what speaks its API (VictoriaMetrics, Mimir), at `PROMETHEUS_URL`.

    client      which server to ask
    answers     the shapes of what comes back
    times       moments that callers give, and the grid of a range query
    queries     the tools that ask for series: `query`, `query_range`, `related`
    listings    the tools that list what the server knows: `rules`, `targets`, `alerts`
    recorded    series in answers that others recorded
    texts       series as text that a person can read

Without times of its own a query looks at the incident's window. Asked for more series than are kept, a tool keeps
those that change, some of every metric, and says so. Credentials of the address are sent and never shown.
"""

from typing import Final

from aurora_rt.toolsets.prometheus import listings, queries, recorded
from aurora_rt.toolsets.prometheus.client import health, unusable
from aurora_rt.toolsets.toolset import Tool, Toolset

TIMEOUT: Final = 250.0
"""The client ends each request in the time of the settings (120 s at most); a look makes two at most."""


TOOLSET: Final = Toolset(
    name="prometheus",
    title="Prometheus",
    description="Metrics over time, alerting rules, scrape targets and firing alerts of the metrics server.",
    cost="moderate",
    tools=(
        Tool(
            "query",
            "The value of a PromQL expression at one moment.",
            queries.query,
            queries.QueryParameters,
            TIMEOUT,
            read=recorded.read,
        ),
        Tool(
            "query_range",
            "A PromQL expression over time, by default over the incident's window.",
            queries.query_range,
            queries.RangeParameters,
            TIMEOUT,
            read=recorded.read,
        ),
        Tool(
            "related",
            "All series with certain labels over the incident's window, as they were scraped.",
            queries.related,
            queries.RelatedParameters,
            TIMEOUT,
            read=recorded.read,
        ),
        Tool(
            "rules",
            "Alerting rules: expression, duration, labels, state.",
            listings.rules,
            listings.RulesParameters,
            TIMEOUT,
        ),
        Tool(
            "targets", "What is scraped, and what of it does not answer.", listings.targets, timeout=TIMEOUT
        ),
        Tool("alerts", "Alerts that fire or are pending now.", listings.alerts, timeout=TIMEOUT),
    ),
    unusable=unusable,
    health=health,
)
