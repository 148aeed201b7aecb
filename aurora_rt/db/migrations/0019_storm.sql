-- What an alert said last, so that one which says the same again costs a counter and nothing else.
ALTER TABLE alerts ADD COLUMN told bytea;

-- Rows whose counters change all the time find room for that on their own page.
ALTER TABLE alerts SET (fillfactor = 80);

-- Whoever keeps a delivery has just seen its token, and with it the organization: asking again for each delivery
-- would lock the organization's row each time.
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_organization_id_fkey;

-- So many incidents of an organization are looked into at once; what waits for its turn has not been admitted.
ALTER TABLE organizations
    ADD COLUMN investigations_at_once integer NOT NULL DEFAULT 6 CHECK (investigations_at_once > 0);
CREATE TABLE investigation_turns (
    investigation_id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    incident_id uuid NOT NULL REFERENCES incidents (id),
    priority integer NOT NULL,
    queued_at timestamptz NOT NULL,
    admitted_at timestamptz
);
CREATE INDEX investigation_turns_waiting ON investigation_turns (organization_id, priority DESC, queued_at)
    WHERE admitted_at IS NULL;
CREATE INDEX investigation_turns_admitted ON investigation_turns (organization_id, admitted_at) WHERE admitted_at IS NOT NULL;

-- Whoever remembers a token knows by this whether it is still the same.
ALTER TABLE webhook_tokens ADD COLUMN version integer NOT NULL DEFAULT 1;
