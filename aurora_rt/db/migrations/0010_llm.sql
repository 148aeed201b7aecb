-- What an organization's secrets are sealed under, itself wrapped under AURORA_SECRET_KEY.
CREATE TABLE data_keys (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    number integer NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, number)
);

-- Language models: an organization's own accounts with providers.
CREATE TABLE llm_accounts (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    provider text NOT NULL,
    sealed bytea,               -- the key; null where an address is all there is
    ends text NOT NULL,         -- its last characters, by which people know it again
    base_url text,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, provider)
);

-- What an organization's admins chose; null: what the settings say.
CREATE TABLE llm_choices (
    organization_id uuid PRIMARY KEY REFERENCES organizations (id),
    model text,
    fallbacks text[] NOT NULL DEFAULT '{}',
    daily_tokens bigint,
    daily_usd numeric(14, 6),
    updated_at timestamptz NOT NULL
);

-- Each request to a model. While it runs, what it may come to at most counts as spent.
CREATE TABLE llm_usage (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    at timestamptz NOT NULL,
    ended_at timestamptz,
    purpose text NOT NULL,
    incident_id uuid,
    work_id uuid,
    session_id uuid,
    provider text NOT NULL,
    model text NOT NULL,
    input_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL,
    cost numeric(16, 8),        -- US dollars; null where nobody knows the price
    seconds real,
    estimated boolean NOT NULL DEFAULT true,    -- counted by us: it still runs, or was cut before its figures came
    error text
);
CREATE INDEX llm_usage_by_work ON llm_usage (organization_id, work_id) WHERE work_id IS NOT NULL;
CREATE INDEX llm_usage_by_incident ON llm_usage (organization_id, incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX llm_usage_running ON llm_usage (organization_id, at) WHERE ended_at IS NULL;

-- What ended, summed up by day (UTC) and model.
CREATE TABLE llm_days (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    day date NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    requests bigint NOT NULL,
    input_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cost numeric(16, 8) NOT NULL,
    PRIMARY KEY (organization_id, day, provider, model)
);
