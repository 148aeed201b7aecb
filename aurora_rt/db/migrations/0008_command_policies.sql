-- What an organization lets the investigator run, of what only reads.
CREATE TABLE command_policies (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    mode text NOT NULL CHECK (mode IN ('allow', 'deny')),
    pattern text NOT NULL CHECK (length(pattern) BETWEEN 1 AND 500),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 500),
    priority integer NOT NULL DEFAULT 100,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (organization_id, mode, pattern)
);
