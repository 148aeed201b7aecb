-- Who is on it, since when: of each alert that its source says is acknowledged, and of the incident that shows it.

ALTER TABLE incident_alerts
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN acknowledged_by text NOT NULL DEFAULT '';
ALTER TABLE incidents
    ADD COLUMN acknowledged_at timestamptz,     -- null: nobody is
    ADD COLUMN acknowledged_by text;            -- '': somebody, whom the source does not name
