-- What correlation knows: by which keys open incidents are found, what people have put together and taken apart, and
-- who calls whom by what alerts said.

CREATE TABLE correlation_profiles (
    incident_id uuid PRIMARY KEY REFERENCES incidents (id),
    organization_id uuid NOT NULL,
    environment text NOT NULL,
    cluster text NOT NULL,
    words text[] NOT NULL,
    resources text[] NOT NULL,
    started_at timestamptz NOT NULL     -- when the first of its alerts began
);

-- When the first and the last of the incident's alerts began that have the key; kept for as long as it can matter.
CREATE TABLE correlation_marks (
    organization_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    key text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    touched_at timestamptz NOT NULL,
    PRIMARY KEY (incident_id, key)
);
CREATE INDEX correlation_marks_by_key ON correlation_marks (organization_id, key, last_at DESC);
CREATE INDEX correlation_marks_by_time ON correlation_marks (touched_at);

-- Two kinds of alerts that a person has put together, or taken apart; once in each direction.
CREATE TABLE correlation_verdicts (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    kind text NOT NULL,
    other text NOT NULL,
    title text NOT NULL,                -- of the other
    together boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, kind, other)
);

CREATE TABLE correlation_calls (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    caller text NOT NULL,
    callee text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, caller, callee)
);
CREATE INDEX correlation_calls_by_callee ON correlation_calls (organization_id, callee, caller);

-- How much speaks for an alert's place, 0 to 1; and its kind, for what people decide about it.
ALTER TABLE incident_alerts
    ADD COLUMN score double precision NOT NULL DEFAULT 1,
    ADD COLUMN kind text NOT NULL DEFAULT '';

CREATE OR REPLACE VIEW shown_alerts AS
SELECT DISTINCT ON (incident_id, alert_id) *
FROM (
    SELECT incident_id, alert_id, organization_id, primary_alert, title, description, severity, service, status, labels,
           annotations, expression, source_url, strategy, reason, started_at, received_at, score
    FROM incident_alerts
    UNION ALL
    SELECT i.merged_into, a.alert_id, a.organization_id, false, a.title, a.description, a.severity, a.service, a.status,
           a.labels, a.annotations, a.expression, a.source_url, 'merged',
           format('Merged by %s, from “%s”.', i.merged_by, i.title), a.started_at, a.received_at, 1
    FROM incidents i JOIN incident_alerts a ON a.incident_id = i.id
    WHERE i.merged_into IS NOT NULL
) AS own_and_merged
ORDER BY incident_id, alert_id, primary_alert DESC, started_at DESC;
