"""What goes wrong in clusters, as kubectl prints it: looks, and what an operator would conclude from them."""
# ruff: noqa: E501 - what kubectl prints is not wrapped

import json
from dataclasses import dataclass
from typing import Any

from aurora_rt.investigation.evaluation.recording import RecordedCall

NAMESPACE = "shop"
WEB = "web-5c689d88bb-qrp2x"
CART = "cart-6d5f8c7b9b-x2x4z"


@dataclass(frozen=True)
class ClusterCase:
    """One cluster, and what is wrong in it; no place: nothing is."""

    name: str
    looks: tuple[RecordedCall, ...]
    place: str = ""
    kind: str = ""
    mentions: tuple[str, ...] = ()
    service: str = "web"


def got(resource: str, output: str | dict[str, Any], **more: str) -> RecordedCall:
    form = {"output": "json"} if isinstance(output, dict) else {}
    text = json.dumps(output) if isinstance(output, dict) else output
    params = {"resource": resource, "namespace": NAMESPACE, **form, **more}
    return RecordedCall(tool="kubernetes.get", params=params, output=text)


def described(resource: str, name: str, output: str) -> RecordedCall:
    params = {"resource": resource, "name": name, "namespace": NAMESPACE}
    return RecordedCall(tool="kubernetes.describe", params=params, output=output)


def logs(pod: str, *lines: str, previous: bool = False) -> RecordedCall:
    params = {"pod": pod, "namespace": NAMESPACE, "previous": previous}
    return RecordedCall(tool="kubernetes.logs", params=params, output="\n".join(lines))


def events(*rows: str) -> RecordedCall:
    head = "LAST SEEN   TYPE      REASON    OBJECT    MESSAGE"
    return RecordedCall(
        tool="kubernetes.events", params={"namespace": NAMESPACE}, output="\n".join([head, *rows])
    )


def warning(reason: str, about: str, message: str) -> str:
    return f"2m    Warning   {reason}   {about}   {message}"


def pods(*rows: str, well: bool = True) -> RecordedCall:
    head = "NAME                       READY   STATUS    RESTARTS   AGE"
    others = [f"{WEB}    1/1     Running   0          5d"] if well else []
    return got("pods", "\n".join([head, *rows, *others]))


def cart(status: str, ready: str = "0/1", restarts: str = "0") -> RecordedCall:
    return pods(f"{CART}   {ready}     {status}   {restarts}          10m")


def listed(kind: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": f"{kind}List", "items": list(items)}


def pod_object(
    name: str, labels: dict[str, str], ports: tuple[int, ...] = (8080,), **spec: Any
) -> dict[str, Any]:
    container = {"name": "main", "image": "it:1", "ports": [{"containerPort": port} for port in ports]}
    state = {"name": "main", "ready": True, "restartCount": 0, "state": {"running": {}}}
    return {
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels},
        "spec": {"containers": [container], **spec},
        "status": {"phase": "Running", "containerStatuses": [state]},
    }


def service_object(name: str, selector: dict[str, str], port: int, target: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"selector": selector, "ports": [{"port": port, "targetPort": target}]},
    }


def deployment_object(
    name: str, replicas: int = 1, available: int | None = None, **container: Any
) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "replicas": replicas,
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": "it:1", **container}]},
            },
        },
        "status": {"availableReplicas": replicas if available is None else available},
    }


def description(container: str, *more: str) -> str:
    """A description of the cart's pod; `container` tells its state."""
    return "\n".join(
        [
            f"Name:             {CART}",
            f"Namespace:        {NAMESPACE}",
            "Node:             n1/10.0.0.1",
            "Labels:           app=cart",
            "Status:           Running",
            "Controlled By:  ReplicaSet/cart-6d5f8c7b9b",
            "Containers:",
            "  main:",
            "    Image:          shop/cart:1.4",
            "    Port:           8080/TCP",
            *(f"    {line}" for line in container.splitlines()),
            *more,
        ]
    )


WELL = (pods(), events(), logs(WEB, "GET / 200", "GET /health 200"))
CRASHED = (
    "State:          Waiting\n  Reason:       CrashLoopBackOff\nReady:          False\nRestart Count:  5"
)
SERVICES = "NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)    AGE\n"


def crash(line: str, *others: RecordedCall) -> tuple[RecordedCall, ...]:
    return (
        cart("CrashLoopBackOff", restarts="5 (1m ago)"),
        logs(CART, "starting", line, previous=True),
        *others,
    )


CASES = (
    ClusterCase(
        "an image that does not exist",
        (
            cart("ImagePullBackOff"),
            events(
                warning(
                    "Failed",
                    f"pod/{CART}",
                    'Failed to pull image "shop/cart:v9": manifest unknown: not found',
                )
            ),
        ),
        "cart",
        "image_pull",
        ("shop/cart:v9", "no such image or tag"),
    ),
    ClusterCase(
        "a registry that refuses",
        (
            cart("ErrImagePull"),
            events(warning("Failed", f"pod/{CART}", 'Failed to pull image "r.example/cart:1": unauthorized')),
        ),
        "cart",
        "image_pull",
        ("access to the registry is denied",),
    ),
    ClusterCase(
        "a malformed image name", (cart("InvalidImageName"),), "cart", "image_pull", ("InvalidImageName",)
    ),
    ClusterCase(
        "killed at its memory limit",
        (
            cart("CrashLoopBackOff", restarts="6 (20s ago)"),
            described(
                "pods",
                CART,
                description(
                    "State:          Waiting\n  Reason:       CrashLoopBackOff\nLast State:     Terminated\n"
                    "  Reason:       OOMKilled\n  Exit Code:    137\nReady:          False\nRestart Count:  6\n"
                    "Limits:\n  memory:  32Mi"
                ),
            ),
        ),
        "cart",
        "out_of_memory",
        ("OOMKilled", "32Mi"),
    ),
    ClusterCase(
        "a command that does not exist",
        (
            cart("RunContainerError", restarts="2"),
            described(
                "pods",
                CART,
                description(
                    'State:          Waiting\n  Reason:       RunContainerError\n  Message:      exec: "/bin/cartd": '
                    "stat /bin/cartd: no such file or directory\nReady:          False\nRestart Count:  2"
                ),
            ),
        ),
        "cart",
        "bad_command",
        ("/bin/cartd",),
    ),
    ClusterCase(
        "a variable that is not set",
        crash("KeyError: 'DATABASE_URL'"),
        "cart",
        "config_error",
        ("DATABASE_URL",),
    ),
    ClusterCase(
        "a crash of its own", crash("panic: runtime error: index out of range"), "cart", "crash", ("panic",)
    ),
    ClusterCase(
        "a password that is refused",
        crash('FATAL: password authentication failed for user "cart"'),
        "cart",
        "authentication",
        ("password authentication failed",),
    ),
    ClusterCase(
        "a certificate that is over",
        crash("x509: certificate has expired or is not yet valid"),
        "cart",
        "certificate",
        ("certificate has expired",),
    ),
    ClusterCase(
        "a service account that may not",
        crash(
            'configmaps is forbidden: User "system:serviceaccount:shop:cart" cannot list resource "configmaps"',
        ),
        "cart",
        "permission_denied",
        ("system:serviceaccount:shop:cart",),
    ),
    ClusterCase(
        "a dependency that is scaled to nothing",
        crash(
            "dial tcp 10.1.1.1:6379: connect: connection refused redis:6379",
            got("statefulsets", "NAME    READY   AGE\nredis   0/0     5d"),
            got("services", SERVICES + "redis   ClusterIP   10.1.1.1     <none>        6379/TCP   5d"),
        ),
        "redis",
        "scaled_to_zero",
        ("redis",),
    ),
    ClusterCase(
        "a dependency that crashes itself",
        (
            pods(
                f"{CART}   0/1     CrashLoopBackOff   4   10m",
                "db-0   0/1     CrashLoopBackOff   9   10m",
            ),
            logs(CART, "could not connect to server: connection refused postgres://db:5432", previous=True),
            logs("db-0", "FATAL: could not write lock file: No space left on device", previous=True),
        ),
        "db",
        "disk_filling",
        ("No space left on device",),
    ),
    ClusterCase(
        "a ConfigMap that is missing",
        (
            cart("CreateContainerConfigError"),
            events(warning("Failed", f"pod/{CART}", 'Error: configmap "cart-settings" not found')),
        ),
        "cart",
        "missing_config",
        ("cart-settings",),
    ),
    ClusterCase(
        "a key that is missing in a Secret",
        (
            cart("CreateContainerConfigError"),
            events(warning("Failed", f"pod/{CART}", "Error: couldn't find key token in Secret shop/cart")),
        ),
        "cart",
        "missing_config",
        ("couldn't find key token",),
    ),
    ClusterCase(
        "a Secret to be mounted that is missing",
        (
            cart("ContainerCreating"),
            events(
                warning(
                    "FailedMount",
                    f"pod/{CART}",
                    'MountVolume.SetUp failed for volume "tls": secret "tls" not found',
                )
            ),
        ),
        "cart",
        "missing_config",
        ('secret "tls" not found',),
    ),
    ClusterCase(
        "an address with a wrong port",
        (
            pods(f"{CART}   1/1     Running   0   10m"),
            got(
                "deployments",
                listed(
                    "Deployment", deployment_object("cart", env=[{"name": "DB_ADDR", "value": "db:5433"}])
                ),
            ),
            got("services", SERVICES + "db   ClusterIP   10.1.1.1     <none>        5432/TCP   5d"),
        ),
        "cart",
        "config_error",
        ("DB_ADDR", "db:5433", "5432"),
    ),
    ClusterCase(
        "an address of a service that is not there",
        (
            pods(f"{CART}   1/1     Running   0   10m"),
            got(
                "deployments",
                listed(
                    "Deployment",
                    deployment_object("cart", env=[{"name": "DB", "value": "http://databse:5432/x"}]),
                ),
            ),
            got("services", SERVICES + "database   ClusterIP   10.1.1.1     <none>        5432/TCP   5d"),
        ),
        "cart",
        "config_error",
        ("databse", "there is no Service"),
    ),
    ClusterCase(
        "a liveness probe that asks the wrong port",
        (
            cart("CrashLoopBackOff", restarts="7"),
            described(
                "pods",
                CART,
                description(f"{CRASHED}\nLiveness:       http-get http://:9999/healthz delay=0s timeout=1s"),
            ),
            events(
                warning(
                    "Unhealthy",
                    f"pod/{CART}",
                    "Liveness probe failed: dial tcp 10.0.0.5:9999: connection refused",
                )
            ),
        ),
        "cart",
        "probe_failure",
        ("9999", "8080"),
    ),
    ClusterCase(
        "a readiness probe that fails",
        (
            cart("Running"),
            events(
                warning(
                    "Unhealthy",
                    f"pod/{CART}",
                    "Readiness probe failed: HTTP probe failed with statuscode: 500",
                )
            ),
        ),
        "cart",
        "probe_failure",
        ("statuscode: 500",),
    ),
    ClusterCase(
        "an init container that fails",
        (cart("Init:CrashLoopBackOff", restarts="4"),),
        "cart",
        "crash",
        ("before it can begin",),
    ),
    ClusterCase(
        "a quota that is used up",
        (
            got(
                "deployments",
                "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\ncart   0/2     0            0           5m",
            ),
            events(
                warning(
                    "FailedCreate",
                    "replicaset/cart-6d5f8c7b9b",
                    'Error creating: pods "cart-6d5f8c7b9b-4fzrv" is forbidden: exceeded quota: team, requested: cpu=1',
                )
            ),
        ),
        "cart",
        "quota_exceeded",
        ("exceeded quota: team",),
    ),
    ClusterCase(
        "an admission webhook that refuses",
        (
            events(
                warning(
                    "FailedCreate",
                    "replicaset/cart-6d5f8c7b9b",
                    'Error creating: admission webhook "policy.example" denied the request: no owner label',
                )
            ),
            pods(),
        ),
        "cart",
        "admission_denied",
        ("policy.example",),
    ),
    ClusterCase(
        "a service account that is missing",
        (
            events(
                warning(
                    "FailedCreate",
                    "replicaset/cart-6d5f8c7b9b",
                    'Error creating: pods "cart-" is forbidden: error looking up service account shop/carter: '
                    'serviceaccount "carter" not found',
                )
            ),
            pods(),
        ),
        "cart",
        "permission_denied",
        ("carter",),
    ),
    ClusterCase(
        "too little memory on every node",
        (
            cart("Pending"),
            events(
                warning(
                    "FailedScheduling",
                    f"pod/{CART}",
                    "0/3 nodes are available: 3 Insufficient memory. preemption: 0/3",
                )
            ),
        ),
        "cart",
        "unschedulable",
        ("no node has enough memory left",),
    ),
    ClusterCase(
        "a node selector that fits no node",
        (
            cart("Pending"),
            events(
                warning(
                    "FailedScheduling",
                    f"pod/{CART}",
                    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.",
                )
            ),
        ),
        "cart",
        "unschedulable",
        ("no node has the labels that it asks for",),
    ),
    ClusterCase(
        "taints that are not tolerated",
        (
            cart("Pending"),
            events(
                warning(
                    "FailedScheduling",
                    f"pod/{CART}",
                    "0/2 nodes are available: 2 node(s) had untolerated taint {gpu: yes}.",
                )
            ),
        ),
        "cart",
        "unschedulable",
        ("taints",),
    ),
    ClusterCase(
        "a claim without a storage class",
        (
            pods("db-0   0/1     Pending   0   10m"),
            got(
                "persistentvolumeclaims",
                "NAME        STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE\n"
                "data-db-0   Pending                                      fast           10m",
            ),
            described(
                "persistentvolumeclaims",
                "data-db-0",
                "Name:          data-db-0\nNamespace:     shop\nStorageClass:  fast\nStatus:        Pending\nUsed By:       db-0\n"
                "Events:\n  Type     Reason              Age   From                         Message\n"
                "  ----     ------              ----  ----                         -------\n"
                '  Warning  ProvisioningFailed  2m    persistentvolume-controller  storageclass.storage.k8s.io "fast" not found\n',
            ),
            events(
                warning(
                    "FailedScheduling",
                    "pod/db-0",
                    "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
                )
            ),
        ),
        "db",
        "volume_fault",
        ('"fast" not found',),
        service="db",
    ),
    ClusterCase(
        "a volume that another node holds",
        (
            cart("ContainerCreating"),
            events(
                warning(
                    "FailedAttachVolume",
                    f"pod/{CART}",
                    'Multi-Attach error for volume "pvc-1": already used by pod(s) cart-0',
                )
            ),
        ),
        "cart",
        "volume_fault",
        ("Multi-Attach",),
    ),
    ClusterCase(
        "a selector that fits no pod",
        (
            got("pods", listed("Pod", pod_object(CART, {"app": "cart"}), pod_object(WEB, {"app": "web"}))),
            got("services", listed("Service", service_object("cart", {"app": "carts"}, 80, 8080))),
        ),
        "cart",
        "service_misrouted",
        ("app=carts", "app=cart"),
    ),
    ClusterCase(
        "a target port on which nobody listens",
        (
            got("pods", listed("Pod", pod_object(CART, {"app": "cart"}), pod_object(WEB, {"app": "web"}))),
            got("services", listed("Service", service_object("cart", {"app": "cart"}, 80, 8081))),
        ),
        "cart",
        "service_misrouted",
        ("8081", "8080"),
    ),
    ClusterCase(
        "an ingress to a service that is not there",
        (
            pods(),
            got("services", SERVICES + "web   ClusterIP   10.1.1.1     <none>        80/TCP   5d"),
            got(
                "ingresses",
                listed(
                    "Ingress",
                    {
                        "metadata": {"name": "front", "namespace": NAMESPACE},
                        "spec": {
                            "rules": [
                                {
                                    "host": "x",
                                    "http": {
                                        "paths": [
                                            {"backend": {"service": {"name": "webb", "port": {"number": 80}}}}
                                        ]
                                    },
                                }
                            ]
                        },
                    },
                ),
            ),
        ),
        "front",
        "service_misrouted",
        ("webb",),
        service="front",
    ),
    ClusterCase(
        "a network policy that lets nothing in",
        (
            got(
                "pods",
                listed("Pod", pod_object("redis-0", {"app": "redis"}), pod_object(WEB, {"app": "web"})),
            ),
            got(
                "networkpolicies",
                listed(
                    "NetworkPolicy",
                    {
                        "metadata": {"name": "deny-redis", "namespace": NAMESPACE},
                        "spec": {
                            "podSelector": {"matchLabels": {"app": "redis"}},
                            "policyTypes": ["Ingress"],
                        },
                    },
                ),
            ),
            logs(WEB, "redis:6379: i/o timeout"),
        ),
        "redis",
        "network_policy",
        ("deny-redis",),
    ),
    ClusterCase(
        "a node that is away",
        (
            pods(),
            RecordedCall(
                tool="kubernetes.get",
                params={"resource": "nodes"},
                output="NAME   STATUS     ROLES    AGE   VERSION\nn1     Ready      <none>   5d    v1.29\n"
                "n2     NotReady   <none>   5d    v1.29",
            ),
        ),
        "n2",
        "node_fault",
        ("NotReady",),
    ),
    ClusterCase(
        "a node that is short of disk",
        (
            pods(),
            RecordedCall(
                tool="kubernetes.get",
                params={"resource": "nodes", "output": "json"},
                output=json.dumps(
                    listed(
                        "Node",
                        {
                            "metadata": {"name": "n1"},
                            "status": {
                                "conditions": [
                                    {
                                        "type": "DiskPressure",
                                        "status": "True",
                                        "reason": "KubeletHasDiskPressure",
                                    },
                                    {"type": "Ready", "status": "True"},
                                ]
                            },
                        },
                    )
                ),
            ),
        ),
        "n1",
        "node_pressure",
        ("DiskPressure",),
    ),
    ClusterCase(
        "a network plug-in that fails",
        (
            cart("ContainerCreating"),
            events(
                warning(
                    "FailedCreatePodSandBox",
                    f"pod/{CART}",
                    'Failed to create pod sandbox: plugin type="calico" failed (add)',
                )
            ),
        ),
        "cart",
        "network_fault",
        ("calico",),
    ),
    ClusterCase(
        "a workload that is scaled to nothing",
        (
            pods(),
            got(
                "deployments",
                "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\ncart   0/0     0            0           5d\n"
                "web    1/1     1            1           5d",
            ),
            got("services", SERVICES + "cart   ClusterIP   10.1.1.1     <none>        80/TCP   5d"),
        ),
        "cart",
        "scaled_to_zero",
        ("scaled to 0",),
    ),
    ClusterCase(
        "a rollout that is stuck",
        (
            pods(),
            described(
                "deployments",
                "web",
                "Name:                   web\nNamespace:              shop\nSelector:               app=web\n"
                "Replicas:               2 desired | 1 updated | 2 total | 1 available | 1 unavailable\n"
                "Conditions:\n  Type           Status  Reason\n  ----           ------  ------\n"
                "  Progressing    False   ProgressDeadlineExceeded\nEvents:          <none>\n",
            ),
        ),
        "web",
        "stuck_rollout",
        ("ProgressDeadlineExceeded",),
    ),
    ClusterCase(
        "an autoscaler without metrics",
        (
            pods(),
            got(
                "horizontalpodautoscalers",
                "NAME   REFERENCE        TARGETS         MINPODS   MAXPODS   REPLICAS   AGE\n"
                "web    Deployment/web   <unknown>/80%   1         5         1          5d",
            ),
        ),
        "web",
        "autoscaler_fault",
        ("<unknown>/80%",),
    ),
    ClusterCase(
        "a job that failed",
        (
            pods(),
            got(
                "jobs",
                "NAME     STATUS   COMPLETIONS   DURATION   AGE\nreport   Failed   0/1           5m         5m",
            ),
            events(
                warning("BackoffLimitExceeded", "job/report", "Job has reached the specified backoff limit")
            ),
        ),
        "report",
        "job_failed",
        ("backoff limit",),
        service="report",
    ),
    ClusterCase(
        "a name server that is away",
        (
            pods(),
            RecordedCall(
                tool="kubernetes.get",
                params={"resource": "deployments", "namespace": NAMESPACE},
                output="NAMESPACE     NAME      READY   UP-TO-DATE   AVAILABLE   AGE\n"
                "kube-system   coredns   0/2     2            0           5d",
            ),
            logs(WEB, "getaddrinfo ENOTFOUND cart"),
        ),
        "coredns",
        "dns_failure",
        ("coredns",),
    ),
    ClusterCase("a cluster that is well", WELL),
    ClusterCase(
        "a job that is done, and a restart that nobody minds",
        (pods("report-x2x4z   0/1   Completed   0   5d"), events(), logs(WEB, "GET / 200")),
    ),
)
