"""Of what changes something, the few commands that may run once a person approved them, and nothing near them."""

import pytest

from aurora_rt.toolsets.verdicts import table
from aurora_rt.toolsets.verdicts.acting import acts
from aurora_rt.toolsets.verdicts.text import parsed


@pytest.mark.parametrize(
    "command",
    [
        "kubectl rollout undo deployment/checkout -n shop",
        "kubectl -n shop rollout undo deploy/checkout --to-revision=6",
        "kubectl rollout restart statefulset/db --namespace=shop",
        "kubectl rollout pause deployment/checkout",
        "kubectl scale deployment/checkout --replicas=3 -n shop",
        "kubectl delete pod checkout-7d9f8b6c5d-abcde -n shop --wait=false",
        "kubectl cordon node-1",
        "kubectl uncordon node-1.example.com",
        "systemctl restart app.service",
        "systemctl reload nginx",
        "docker restart -t 10 web",
        "docker container start web_1",
        "helm rollback shop 3 -n shop",
    ],
)
def test_a_well_known_change_of_one_thing_may_run_and_does_not_pass_for_reading(command: str) -> None:
    assert acts(parsed(command))
    assert table.denied(parsed(command)) is not None


@pytest.mark.parametrize(
    "command",
    [
        "kubectl",
        "kubectl rollout undo deployment -n shop",
        "kubectl rollout undo deployment/checkout deployment/cart",
        "kubectl rollout undo -f x.yaml",
        "kubectl rollout undo deployment/checkout --context=prod",
        "kubectl --kubeconfig=/tmp/k rollout undo deployment/checkout",
        "kubectl rollout undo deployment/checkout --server=https://other",
        "kubectl scale deployment/checkout",
        "kubectl scale deployment/checkout --replicas=9999",
        "kubectl scale --all --replicas=0",
        "kubectl delete pod --all",
        "kubectl delete pod a b",
        "kubectl delete pod a --force",
        "kubectl delete pod a --grace-period=0",
        "kubectl delete pod -l app=checkout",
        "kubectl delete pods,svc a",
        "kubectl delete deployment checkout",
        "kubectl drain node-1",
        "kubectl exec pod -- sh",
        "kubectl cordon -- --all",
        "systemctl stop app",
        "systemctl restart sshd",
        "systemctl restart systemd-journald",
        "systemctl restart a b",
        "systemctl -H other restart app",
        "systemctl --root=/x restart app",
        "systemctl isolate rescue.target",
        "systemctl restart multi-user.target",
        "docker restart a b",
        "docker -H tcp://other restart web",
        "docker rm web",
        "docker run -v /:/host alpine",
        "helm rollback shop",
        "helm upgrade shop ./chart",
        "helm rollback shop 3 --kube-context other",
        "/usr/bin/kubectl cordon node-1",
        "sudo systemctl restart app",
        "reboot",
    ],
)
def test_what_is_wider_other_or_elsewhere_may_not(command: str) -> None:
    assert not acts(parsed(command))
