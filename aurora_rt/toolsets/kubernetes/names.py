"""What things are called: resources and their short names, and whose a pod is by its own."""

import re
from typing import Final

_ALIASES: Final = {
    "pods": ("po", "pod"),
    "services": ("svc", "service"),
    "deployments": ("deploy", "deployment", "deployments.apps"),
    "statefulsets": ("sts", "statefulset", "statefulsets.apps"),
    "daemonsets": ("ds", "daemonset", "daemonsets.apps"),
    "replicasets": ("rs", "replicaset", "replicasets.apps"),
    "endpoints": ("ep", "endpoint"),
    "endpointslices": ("endpointslice",),
    "events": ("ev", "event"),
    "nodes": ("no", "node"),
    "namespaces": ("ns", "namespace"),
    "persistentvolumeclaims": ("pvc", "pvcs", "persistentvolumeclaim"),
    "persistentvolumes": ("pv", "pvs", "persistentvolume"),
    "storageclasses": ("sc", "storageclass"),
    "configmaps": ("cm", "configmap"),
    "secrets": ("secret",),
    "serviceaccounts": ("sa", "serviceaccount"),
    "horizontalpodautoscalers": ("hpa", "hpas", "horizontalpodautoscaler"),
    "ingresses": ("ing", "ingress"),
    "networkpolicies": ("netpol", "networkpolicy"),
    "resourcequotas": ("quota", "resourcequota"),
    "limitranges": ("limits", "limitrange"),
    "jobs": ("job",),
    "cronjobs": ("cj", "cronjob"),
    "poddisruptionbudgets": ("pdb", "poddisruptionbudget"),
    "mutatingwebhookconfigurations": ("mutatingwebhookconfiguration",),
    "validatingwebhookconfigurations": ("validatingwebhookconfiguration",),
}
_FULL: Final = {short: full for full, shorts in _ALIASES.items() for short in shorts}
_RESOURCE: Final = {
    "pods": "Pod",
    "services": "Service",
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "replicasets": "ReplicaSet",
    "nodes": "Node",
    "jobs": "Job",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "horizontalpodautoscalers": "HorizontalPodAutoscaler",
    "configmaps": "ConfigMap",
    "secrets": "Secret",
    "ingresses": "Ingress",
    "cronjobs": "CronJob",
}
_HASH: Final = "[bcdf-hj-np-tv-z2456789]"
"""The letters of generated names: none that could make a word
(https://pkg.go.dev/k8s.io/apimachinery/pkg/util/rand)."""
_OF_REPLICASET: Final = re.compile(rf"(.+)-{_HASH}{{4,10}}-{_HASH}{{5}}")
_LIKE_REPLICASET: Final = re.compile(r"(.+)-(?=[0-9a-z]*\d)[0-9a-z]{5,10}-[0-9a-z]{5}")
"""The same by its shape alone, for names that somebody made up or made unreadable."""
_OF_DAEMONSET: Final = re.compile(rf"(.+)-{_HASH}{{5}}")
_OF_STATEFULSET: Final = re.compile(r"(.+)-\d{1,3}")
_WITH_HASH: Final = re.compile(r"(.+)-[0-9a-z]{6,10}")


def resource(name: str) -> str:
    """A resource's full plural name: `po`, `Pod` and `pods` are the same."""
    lowered = name.strip().lower()
    return _FULL.get(lowered, lowered)


def kind_of(name: str) -> str:
    """The kind of a resource's objects: `pods` → `Pod`; a resource that is not known as it is."""
    return _RESOURCE.get(resource(name), name)


def owner_of(pod: str) -> str:
    """The workload that a pod most likely belongs to, by its name; the pod itself when that tells nothing."""
    for shape in (_OF_REPLICASET, _LIKE_REPLICASET, _OF_STATEFULSET, _OF_DAEMONSET):
        if found := shape.fullmatch(pod):
            return found.group(1)
    return pod


def without_hash(replica_set: str) -> str:
    """The Deployment of a ReplicaSet, by its name."""
    found = _WITH_HASH.fullmatch(replica_set)
    return found.group(1) if found and re.search(r"\d", replica_set.rpartition("-")[2]) else replica_set
