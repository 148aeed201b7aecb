-- Which kind of facts a citation holds, so that what is drawn is found without reading them all; and postmortems.

ALTER TABLE citations ADD COLUMN kind text NOT NULL DEFAULT '';
UPDATE citations SET kind = coalesce(substring(facts::text FROM '^\s*\{\s*"kind"\s*:\s*"([a-z_]+)"'), '')
WHERE facts IS NOT NULL;

-- `version` is counted up with each change: whoever changes one says which they have read.
CREATE TABLE postmortems (
    incident_id uuid PRIMARY KEY REFERENCES incidents (id),
    organization_id uuid NOT NULL,
    markdown text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    updated_by_name text NOT NULL
);
