-- What a suggestion would change and how to take it back, and whether it asks for an approval.
ALTER TABLE suggestions
    ADD COLUMN IF NOT EXISTS effect text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS undo text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS is_action boolean NOT NULL DEFAULT false;

-- Whether somebody lets a suggested command be run, and what became of it.
-- `command` is what was shown and is what is run; nothing changes it. `run` begins at 'none' and only goes forward.
CREATE TABLE approvals (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    incident_id uuid NOT NULL REFERENCES incidents (id),
    suggestion_id uuid NOT NULL UNIQUE REFERENCES suggestions (id),
    command text NOT NULL,
    runs boolean NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'declined', 'expired')),
    decided_by text,
    decided_by_name text NOT NULL DEFAULT '',
    decided_at timestamptz,
    run text NOT NULL DEFAULT 'none'
        CHECK (run IN ('none', 'by_hand', 'waiting', 'running', 'done', 'refused', 'interrupted')),
    runner uuid,
    reason text NOT NULL DEFAULT '',
    exit_status integer,
    citation integer,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX approvals_by_incident ON approvals (incident_id, created_at, id);
CREATE INDEX approvals_pending ON approvals (expires_at) WHERE status = 'pending';
