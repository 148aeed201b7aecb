"""A Kubernetes cluster, as an experienced operator goes through it. Pure: no look is made here.

    state           what several looks told, each object once, with the looks that showed it
    fault           what a rule finds: kind, place, a sentence, where it is seen, how strongly
    images, containers, logs, configuration, admission, routing, nodes, rollouts
                    the rules, each from the state to faults
    judging         all rules together; what only follows from another fault; what is near the alert

A place is a workload (the Deployment, StatefulSet, DaemonSet or Job of a pod), a Service, an Ingress or a node.
"""
