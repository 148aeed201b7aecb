"""What was changed before an alert: deployments, configuration, flags, migrations, commits.

    listing      the tool: every configured origin, side by side
    deploylog, git, github, gitlab
                 the origins
    pages        commits page by page
    reading      changes as others write them, into facts
    kinds        what kind of change a word tells of
    span         from when to when

Nothing is asked that the settings do not name.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.changes import listing, reading
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

TIMEOUT: Final = 20.0


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    reason = listing.unusable(settings)
    if reason is not None:
        return Health("unhealthy", reason)
    places = (settings.git_repositories, settings.github_repositories, settings.gitlab_projects)
    count = bool(settings.deploy_log) + sum(map(len, places))
    return Health(
        "healthy", f"{count} {'origin of changes is' if count == 1 else 'origins of changes are'} configured."
    )


TOOLSET: Final = Toolset(
    name="changes",
    title="Changes",
    description="What was deployed, configured, switched, migrated or committed, and when.",
    cost="low",
    tools=(
        Tool(
            "list",
            "Changes of a service, or of all, within the incident's window, the newest last.",
            listing.listed,
            listing.ListParameters,
            TIMEOUT,
            read=reading.read,
        ),
    ),
    unusable=listing.unusable,
    health=_health,
)
