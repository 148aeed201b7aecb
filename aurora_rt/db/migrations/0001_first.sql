-- The first schema. Times are timestamptz in UTC, ids UUIDv7 (user ids: 'user_' and 128 random bits).

-- One row: the epoch names this database from its birth, or from a restore, on. A position in a room is
-- (epoch, seq), so that seq 57 of another life is never taken for ours.
CREATE TABLE database_identity (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch text NOT NULL DEFAULT encode(uuid_send(gen_random_uuid()), 'hex')
);
INSERT INTO database_identity DEFAULT VALUES;

-- identity

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
    id text PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX users_by_organization ON users (organization_id);

CREATE TABLE login_sessions (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    address text NOT NULL DEFAULT '',
    agent text NOT NULL DEFAULT ''
);
CREATE INDEX login_sessions_by_user ON login_sessions (user_id);
CREATE INDEX login_sessions_by_end ON login_sessions (expires_at);

-- events: the log from which everybody who watches is told

CREATE TABLE rooms (
    room text PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    seq bigint NOT NULL
);

CREATE TABLE events (
    room text NOT NULL,
    seq bigint NOT NULL,
    organization_id uuid NOT NULL,
    at timestamptz NOT NULL,
    type text NOT NULL,
    data json NOT NULL,
    PRIMARY KEY (room, seq)
);

-- alerts

CREATE TABLE webhook_tokens (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    source text NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz
);
CREATE INDEX webhook_tokens_by_organization ON webhook_tokens (organization_id, created_at);

-- What a source sent, word for word, once for all the alerts in it.
CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    token_id uuid NOT NULL,
    source text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    body text NOT NULL
);
CREATE INDEX webhook_deliveries_by_time ON webhook_deliveries (organization_id, received_at);

CREATE TABLE incidents (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    source text NOT NULL,
    source_alert_id text NOT NULL,
    title text NOT NULL,
    service text NOT NULL,
    severity text NOT NULL,
    environment text NOT NULL DEFAULT '',
    source_url text NOT NULL DEFAULT '',
    status text NOT NULL CHECK (status IN ('investigating', 'analyzed', 'merged', 'resolved')),
    aurora_status text NOT NULL CHECK (aurora_status IN ('idle', 'running', 'complete', 'error')),
    summary text NOT NULL DEFAULT '',
    active_tab text NOT NULL DEFAULT 'thoughts' CHECK (active_tab IN ('thoughts', 'chat')),
    correlated_alert_count integer NOT NULL DEFAULT 0,
    affected_services text[] NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    analyzed_at timestamptz,
    resolved_at timestamptz
);
CREATE INDEX incidents_newest_first ON incidents (organization_id, started_at DESC, id DESC);

-- The present state of every alert that we know, one row for each identity that its source gives it.
CREATE TABLE alerts (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    source text NOT NULL,
    fingerprint text NOT NULL,
    status text NOT NULL CHECK (status IN ('new', 'firing', 'resolved')),
    incident_id uuid REFERENCES incidents (id),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    received_count integer NOT NULL DEFAULT 0,
    last_received_at timestamptz NOT NULL,
    UNIQUE (organization_id, source, fingerprint)
);

-- An alert as a part of an incident: what it said when it joined, and why it did.
CREATE TABLE incident_alerts (
    incident_id uuid NOT NULL REFERENCES incidents (id),
    alert_id uuid NOT NULL REFERENCES alerts (id),
    organization_id uuid NOT NULL,
    primary_alert boolean NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    severity text NOT NULL,
    service text NOT NULL,
    status text NOT NULL CHECK (status IN ('firing', 'resolved')),
    labels json NOT NULL,
    annotations json NOT NULL,
    expression text,
    source_url text NOT NULL DEFAULT '',
    strategy text NOT NULL,
    reason text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    received_at timestamptz NOT NULL,
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id),
    PRIMARY KEY (incident_id, alert_id)
);
CREATE INDEX incident_alerts_by_alert ON incident_alerts (alert_id);
CREATE INDEX incident_alerts_by_delivery ON incident_alerts (delivery_id);

-- investigation

-- `runner` is who works on it now; whoever finds another name there has been taken over and stops.
CREATE TABLE investigations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    incident_id uuid NOT NULL REFERENCES incidents (id),
    investigator text NOT NULL DEFAULT '',
    runner uuid,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'complete', 'error', 'cancelled')),
    error text NOT NULL DEFAULT '',
    causes json NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
);
CREATE INDEX investigations_by_incident ON investigations (incident_id, created_at);

CREATE TABLE thoughts (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    incident_id uuid NOT NULL REFERENCES incidents (id),
    investigation_id uuid NOT NULL REFERENCES investigations (id),
    type text NOT NULL,
    content text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX thoughts_by_incident ON thoughts (incident_id, at, id);

-- `call` is the tool with its parameters in canonical form: the same look is made and kept once.
CREATE TABLE citations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    incident_id uuid NOT NULL REFERENCES incidents (id),
    investigation_id uuid REFERENCES investigations (id),
    number integer NOT NULL,
    call text NOT NULL,
    tool text NOT NULL,
    parameters json NOT NULL,
    command text NOT NULL,
    output text NOT NULL,
    facts json,
    error text,
    executed_at timestamptz NOT NULL,
    seconds double precision NOT NULL,
    UNIQUE (incident_id, number)
);
CREATE UNIQUE INDEX citations_once ON citations (investigation_id, md5(call)) WHERE investigation_id IS NOT NULL;

-- The last number given to a citation of an incident: an investigation and an answer may look at the same time.
CREATE TABLE citation_numbers (
    incident_id uuid PRIMARY KEY REFERENCES incidents (id),
    organization_id uuid NOT NULL,
    last integer NOT NULL
);

CREATE TABLE suggestions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    incident_id uuid NOT NULL REFERENCES incidents (id),
    investigation_id uuid NOT NULL REFERENCES investigations (id),
    title text NOT NULL,
    description text NOT NULL,
    type text NOT NULL,
    risk text NOT NULL,
    command text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX suggestions_by_incident ON suggestions (incident_id, at, id);

-- chat

CREATE TABLE chat_sessions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id text NOT NULL REFERENCES users (id),
    incident_id uuid REFERENCES incidents (id),
    title text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    ui_state json NOT NULL DEFAULT '{}',
    message_count integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE INDEX chat_sessions_by_owner ON chat_sessions (user_id, updated_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX chat_sessions_by_incident ON chat_sessions (incident_id) WHERE incident_id IS NOT NULL;

-- A question waits ('queued'), is being answered ('answering') or done ('complete'); an answer is 'complete',
-- 'cancelled' or 'error'. `client_id` makes sending a question again harmless.
CREATE TABLE chat_messages (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL,
    session_id uuid NOT NULL REFERENCES chat_sessions (id),
    number integer NOT NULL,
    sender text NOT NULL CHECK (sender IN ('user', 'assistant')),
    text text NOT NULL,
    status text NOT NULL,
    mode text NOT NULL DEFAULT 'ask',
    client_id text,
    at timestamptz NOT NULL,
    UNIQUE (session_id, number),
    UNIQUE (session_id, client_id)
);

-- workers: a heartbeat that health can believe

CREATE TABLE workers (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);
