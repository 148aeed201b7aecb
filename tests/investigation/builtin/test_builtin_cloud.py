"""What clouds say of what runs in them, in scripted worlds: what the alert names leads, all else never."""

from contextlib import aclosing
from datetime import timedelta

import pytest
from builtin_worlds import ANCHOR, BURNER, Tool, World, calm, case, processes, state

from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.builtin.evidence import Evidence
from aurora_rt.investigation.builtin.findings.cloud import Asked, names_in, resources
from aurora_rt.investigation.investigator import Case, Suggestion, Summary, Thought
from aurora_rt.toolsets.facts.cloud import CloudResource, CloudResources
from aurora_rt.toolsets.facts.logs import LogLine, LogLines

OOM = "Essential container in task exited; app: OutOfMemoryError: Container killed (exit code 137)"


def one(sort: str, name: str, reason: str = "", *also: str, healthy: bool | None = False) -> CloudResource:
    return CloudResource(sort=sort, name=name, state="as told", healthy=healthy, reason=reason, also=also)


def listed(*found: CloudResource) -> CloudResources:
    return CloudResources(provider="AWS", resources=found)


def aws(**changes: Tool) -> dict[str, Tool]:
    """An AWS account in which all is well, but for `changes`."""
    usual: dict[str, Tool] = {
        "ecs": listed(one("ECS service", "web", healthy=True), one("ECS service", "checkout", healthy=True)),
        "ec2": listed(one("EC2 instance", "worker-1", healthy=True)),
        "rds": listed(one("RDS database", "orders", healthy=True)),
        "alarms": listed(),
        "changes": LogLines(origin="CloudTrail", lines=(), truncated=False),
    }
    return {f"aws.{name}": tool for name, tool in (usual | changes).items()}


async def told(incident: Case, tools: dict[str, Tool]) -> tuple[Summary, list[Thought]]:
    thoughts, summary = [], None
    async with aclosing(BuiltinInvestigator().investigate(incident, World(tools))) as steps:
        async for step in steps:
            if isinstance(step, Thought):
                thoughts.append(step)
            elif isinstance(step, Summary):
                summary = step
    assert summary is not None
    return summary, thoughts


@pytest.mark.parametrize(
    ("tool", "found", "kind"),
    [
        ("ecs", one("ECS service", "checkout", OOM), "out_of_memory"),
        ("ecs", one("ECS service", "checkout", "CannotPullContainerError: image not found"), "image_pull"),
        ("ecs", one("ECS service", "prod-checkout-api", "app: ended (exit code 1)"), "crash"),
        ("ecs", one("ECS service", "checkout", "was unable to place a task"), "unschedulable"),
        ("ecs", one("ECS service", "checkout", "ResourceInitializationError: no secret"), "missing_config"),
        ("rds", one("RDS database", "checkout", "storage-full: no space"), "disk_filling"),
        ("rds", one("RDS database", "checkout", "failed"), "dependency_down"),
        ("ec2", one("EC2 instance", "checkout", "system status check failed"), "node_fault"),
    ],
)  # fmt: skip
async def test_what_the_alert_names_and_is_not_well_is_the_cause(
    tool: str, found: CloudResource, kind: str
) -> None:
    incident = case("CheckoutDown", service="checkout", summary="checkout does not answer")
    noise = one("ECS service", "batch", OOM)
    summary, _ = await told(incident, aws(**{tool: listed(noise, found)}))
    assert (summary.causes[0].node, summary.causes[0].kind) == (found.name, kind)
    assert "batch" not in [cause.node for cause in summary.causes]


async def test_an_account_full_of_other_trouble_does_not_outrank_what_was_seen_here() -> None:
    trouble = listed(*(one("ECS service", f"batch-{n}", OOM) for n in range(40)))
    tools = calm(processes=processes(BURNER), state=state(cpu_percent=98.0)) | aws(
        ecs=trouble, alarms=listed(one("alarm", "billing", "over budget"))
    )
    summary, _ = await told(case("HighCpuUsage", instance="web-1", service="web"), tools)
    assert summary.causes[0].kind == "cpu_saturation"
    assert not [cause for cause in summary.causes if "batch" in cause.node or "AWS" in cause.node]


async def test_where_all_is_well_that_is_said_and_nothing_is_blamed() -> None:
    summary, thoughts = await told(case("CheckoutDown", service="checkout"), aws())
    assert summary.causes == ()
    assert any("none of 1 RDS database is said to be unwell [" in thought.content for thought in thoughts)
    assert any("none of 2 ECS services is said to be unwell [" in thought.content for thought in thoughts)


async def test_what_may_not_be_seen_is_said() -> None:
    denied = "AWS does not let us ask: the access key lacks the permission ecs:ListClusters (AccessDenied)."
    _, thoughts = await told(case("CheckoutDown", service="checkout"), aws(ecs=denied))
    assert any("lacks the permission ecs:ListClusters" in thought.content for thought in thoughts)


async def test_a_change_of_what_the_alert_names_is_told_beside_the_cause() -> None:
    line = LogLine(
        at=ANCHOR - timedelta(minutes=9), source="checkout", priority="info", text="ecs UpdateService by ann"
    )
    changed = LogLines(origin="CloudTrail", lines=(line,), truncated=False)
    incident = case("CheckoutDown", service="checkout")
    crashed = listed(one("ECS service", "checkout", "app: ended (exit code 1)"))
    summary, _ = await told(incident, aws(ecs=crashed, changes=changed))
    assert (summary.causes[0].node, summary.causes[0].kind) == ("checkout", "crash")
    assert "ecs UpdateService by ann" in summary.text


async def test_what_is_not_well_but_unrelated_is_told_aside_and_the_next_step_is_to_look_there() -> None:
    found = listed(one("ECS service", "checkout", OOM), one("ECS service", "batch", OOM))
    world, steps = World(aws(ecs=found)), []
    async with aclosing(
        BuiltinInvestigator().investigate(case("CheckoutDown", service="checkout"), world)
    ) as all_:
        steps = [step async for step in all_]
    (summary,) = [step for step in steps if isinstance(step, Summary)]
    assert "`batch`" in summary.text.partition("Also out of the ordinary")[2]
    assert [step.command for step in steps if isinstance(step, Suggestion)] == ["aws.ecs {}"]


@pytest.mark.parametrize("provider", ["gcp.run", "azure.resources"])
async def test_each_cloud_is_asked_where_it_can_be(provider: str) -> None:
    down = CloudResources(provider="Azure", resources=(one("virtualMachines", "cart-vm", "Unavailable"),))
    summary, _ = await told(case("HostDown", instance="cart-vm:9100"), {provider: down})
    assert [(cause.node, cause.kind) for cause in summary.causes] == [("cart-vm", "node_fault")]


def test_an_alarm_is_a_clue_and_foreign_text_cannot_look_like_a_citation() -> None:
    alarm = one("alarm", "cart-5xx", "crossed [7]", "cart")
    asked = Asked(names_in(["cart"]), "", ANCHOR)
    (cleared,) = resources(Evidence(listed(), "[3]"), asked, "alarm that fires").cleared
    assert cleared.claim == "In AWS there is no alarm that fires [3]."
    (finding,) = resources(Evidence(listed(alarm), "[3]"), asked).findings
    assert (finding.role, finding.kind) == ("clue", "metric_deviation")
    assert "[7]" not in finding.claim
    assert finding.claim.endswith("[3].")


@pytest.mark.parametrize(
    ("names", "text", "found", "near"),
    [
        (["orders"], "", one("RDS database", "orders"), 0.92),
        (["i-0abc"], "", one("EC2 instance", "web", "", "i-0abc"), 0.92),
        (["orders.abc.eu-west-1.rds.amazonaws.com:5432"], "", one("RDS database", "orders"), 0.7),
        (["web"], "the database orders is slow", one("RDS database", "orders"), 0.7),
        (["web"], "", one("RDS database", "webhooks"), 0.0),
        (["web"], "reorders", one("RDS database", "orders"), 0.0),
        ([], "", one("RDS database", "orders"), 0.5),
        (["5432", "a"], "", one("RDS database", "orders"), 0.5),
    ],
)
def test_whole_names_alone_tell_what_an_alert_is_about(
    names: list[str], text: str, found: CloudResource, near: float
) -> None:
    assert Asked(names_in(names), text, ANCHOR).closeness(found) == near
