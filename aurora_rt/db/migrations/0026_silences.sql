-- Silences and maintenance windows: alerts that begin meanwhile are known, and open nothing until it is over.

CREATE TABLE silences (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    matchers json NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    comment text NOT NULL,
    created_by text NOT NULL,
    created_by_name text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX silences_by_end ON silences (organization_id, ends_at);

-- What an alert said that is held back, and until when.
CREATE TABLE silenced_alerts (
    alert_id uuid PRIMARY KEY REFERENCES alerts (id),
    organization_id uuid NOT NULL,
    silence text NOT NULL,              -- the id of ours, or of one of Alertmanager's
    delivery_id uuid NOT NULL,
    said json NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX silenced_alerts_by_end ON silenced_alerts (until);
CREATE INDEX silenced_alerts_by_silence ON silenced_alerts (silence);
