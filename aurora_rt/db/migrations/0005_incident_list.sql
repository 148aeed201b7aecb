-- Incidents that people open by hand, and lists of incidents by status, service and severity, and by words, each without reading what is not shown.

ALTER TABLE incidents ADD COLUMN severity_weight smallint NOT NULL GENERATED ALWAYS AS (
    CASE severity
        WHEN 'critical' THEN 9 WHEN 'page' THEN 8 WHEN 'error' THEN 7 WHEN 'high' THEN 6 WHEN 'warning' THEN 5
        WHEN 'medium' THEN 4 WHEN 'low' THEN 3 WHEN 'info' THEN 2 WHEN 'none' THEN 1 ELSE 0
    END
) STORED;

ALTER TABLE incidents ADD COLUMN description text NOT NULL DEFAULT '', ADD COLUMN client_id text;
CREATE UNIQUE INDEX incidents_by_client ON incidents (organization_id, client_id) WHERE client_id IS NOT NULL;

-- The words of an incident: those of its title and service as they stand, and the parts of `HighCpuUsage`, too.
CREATE FUNCTION incident_words(title text, service text, summary text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('simple', regexp_replace(
        title || ' ' || service || ' '
        || regexp_replace(title || ' ' || service, '([[:lower:][:digit:]])([[:upper:]])', '\1 \2', 'g') || ' '
        || left(summary, 4000),
        '[^[:alnum:]]+', ' ', 'g'))
$$;

CREATE INDEX incidents_by_status ON incidents (organization_id, status, started_at DESC, id DESC);
CREATE INDEX incidents_by_service ON incidents (organization_id, service, started_at DESC, id DESC);
CREATE INDEX incidents_by_severity ON incidents (organization_id, severity_weight DESC, started_at DESC, id DESC);
CREATE INDEX incidents_by_words ON incidents USING gin (incident_words(title, service, summary));
