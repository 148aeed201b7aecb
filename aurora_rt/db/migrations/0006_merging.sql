-- Incidents that are merged into others. A merged incident keeps its alerts; the one that it was merged into shows
-- them too. So unmerging gives back exactly what was brought, with all that happened to it meanwhile.

ALTER TABLE incidents
    ADD COLUMN merged_into uuid REFERENCES incidents (id),
    ADD COLUMN merged_by text,          -- the name of who did it, as it then was
    ADD COLUMN status_unmerged text,    -- the status before merging
    ADD COLUMN own_severity text,       -- without what the merged ones add; null: nothing was ever merged in
    ADD CONSTRAINT merged_incidents_say_so CHECK (merged_into IS NULL OR status = 'merged'),
    ADD CONSTRAINT merged_into_another CHECK (merged_into <> id);
CREATE INDEX incidents_by_merged_into ON incidents (merged_into) WHERE merged_into IS NOT NULL;

-- The alerts that an incident shows: its own, and those of the incidents merged into it. An alert that several of
-- them had is shown once, as the one that opened the incident or else as it fired last.
CREATE VIEW shown_alerts AS
SELECT DISTINCT ON (incident_id, alert_id) *
FROM (
    SELECT incident_id, alert_id, organization_id, primary_alert, title, description, severity, service, status, labels,
           annotations, expression, source_url, strategy, reason, started_at, received_at
    FROM incident_alerts
    UNION ALL
    SELECT i.merged_into, a.alert_id, a.organization_id, false, a.title, a.description, a.severity, a.service, a.status,
           a.labels, a.annotations, a.expression, a.source_url, 'merged',
           format('Merged by %s, from “%s”.', i.merged_by, i.title), a.started_at, a.received_at
    FROM incidents i JOIN incident_alerts a ON a.incident_id = i.id
    WHERE i.merged_into IS NOT NULL
) AS own_and_merged
ORDER BY incident_id, alert_id, primary_alert DESC, started_at DESC;
