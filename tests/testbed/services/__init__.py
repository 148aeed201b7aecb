"""The shop's services: each one process, with Prometheus metrics, JSON lines as logs and a configuration file."""
