"""What is measured of the shop's places, for whoever keeps a run: name, statistic and PromQL, labelled `service`."""

_BY = "sum by (service, le) (rate(http_request_duration_seconds_bucket[6s]))"
MEASURES = (
    ("latency", "p50", f"histogram_quantile(0.5, {_BY})"),
    ("latency", "p90", f"histogram_quantile(0.9, {_BY})"),
    ("requests", "rate", "sum by (service) (rate(http_requests_total[6s]))"),
    (
        "errors",
        "rate",
        '(sum by (service) (rate(http_requests_total{code=~"5.."}[6s]))) or sum by (service) (up{job="shop"}) * 0',
    ),
    ("cpu", "rate", "sum by (service) (rate(process_cpu_seconds_total[6s]))"),
    ("memory", "bytes", "sum by (service) (process_resident_memory_bytes)"),
    ("open_files", "count", "sum by (service) (process_open_fds)"),
    (
        "pool_in_use",
        "share",
        "sum by (service) (db_pool_connections_in_use) / sum by (service) (db_pool_connections_max)",
    ),
    ("queue", "length", "sum by (service) (queue_length)"),
    ("cache_misses", "rate", "sum by (service) (rate(cache_misses_total[6s]))"),
    ("evicted_keys", "rate", "sum by (service) (rate(redis_evicted_keys_total[6s]))"),
    ("used_memory", "bytes", "sum by (service) (redis_memory_used_bytes)"),
    ("locks_waiting", "count", "sum by (service) (pg_locks_waiting)"),
    ("connections", "active", 'sum by (service) (pg_stat_activity_count{state="active"})'),
    ("rows_scanned", "rate", "sum by (service) (rate(pg_stat_user_tables_seq_tup_read_total[6s]))"),
    ("up", "", 'sum by (service) (up{job="shop"})'),
)
