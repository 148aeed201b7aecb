"""What databases and caches suffer from: rules over their facts, a module for each subject.

    tongue       how a person speaks to each engine
    silence      databases that do not answer, or have no connection left
    sessions     connections, statements that run long, transactions that stay open
    locks        who blocks whom
    statements   statements that cost most, tables that are read without an index, slow commands
    storage      dead rows, transaction ids
    replication  replicas that are behind, what is kept for them
    caches       memory, evictions and clients of a cache; big keys; buffer pools

The node of each finding is the database's configured name. Counts since the start are no finding: only what grew
within the sample is. Thresholds are what operators commonly use (Coroot's inspections: connections 90 %, replication
lag 30 s, dead rows 50 %, transaction ids 50 %, autovacuum twice behind).
"""
