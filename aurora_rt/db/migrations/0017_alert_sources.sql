-- Webhooks that their vendors sign, deliveries that are kept before they are understood, and alerts that are
-- acknowledged, end quietly and flap.

ALTER TABLE webhook_tokens
    ADD COLUMN sealed_secret bytea,     -- what the vendor signs with; null: our token is enough
    ADD COLUMN mapping json;            -- how its payloads map, where a person wrote that

-- `once` is how a replay is known; `raw` is the body where it cannot be kept as text.
ALTER TABLE webhook_deliveries
    ADD COLUMN status text NOT NULL DEFAULT 'processed' CHECK (status IN ('received', 'processed', 'failed')),
    ADD COLUMN code text NOT NULL DEFAULT '',
    ADD COLUMN reason text NOT NULL DEFAULT '',
    ADD COLUMN headers json NOT NULL DEFAULT '{}',
    ADD COLUMN raw bytea,
    ADD COLUMN once bytea,
    ADD COLUMN alerts integer NOT NULL DEFAULT 0,
    ADD COLUMN attempts integer NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (token_id, once) WHERE once IS NOT NULL;
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (received_at) WHERE status = 'received';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (organization_id, received_at) WHERE status = 'failed';

-- `changed_at` is the vendor's time of the present state, `flips` are the latest times at which it began or ended.
ALTER TABLE alerts
    DROP CONSTRAINT alerts_status_check,
    ADD CONSTRAINT alerts_status_check CHECK (status IN ('new', 'firing', 'acknowledged', 'resolved')),
    ADD COLUMN changed_at timestamptz,
    ADD COLUMN flips timestamptz[] NOT NULL DEFAULT '{}';
ALTER TABLE incident_alerts
    DROP CONSTRAINT incident_alerts_status_check,
    ADD CONSTRAINT incident_alerts_status_check CHECK (status IN ('firing', 'acknowledged', 'resolved'));

-- All alerts are over; it is resolved then, unless one fires again.
ALTER TABLE incidents ADD COLUMN quiet_at timestamptz, ADD COLUMN flapping boolean NOT NULL DEFAULT false;
CREATE INDEX incidents_quiet ON incidents (quiet_at) WHERE quiet_at IS NOT NULL;
