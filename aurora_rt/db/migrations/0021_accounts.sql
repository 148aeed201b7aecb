-- Accounts with providers, shared by the organization. What is secret is sealed, the rest is what people see.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    provider text NOT NULL,
    identity text NOT NULL,     -- what the provider knows it by; one row for each
    title text NOT NULL,
    shown json NOT NULL,        -- fields that are no secret, and what the last check found
    sealed bytea NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (organization_id, provider, identity)
);

-- Sign-ins at providers that are under way: each may come back once.
CREATE TABLE account_sign_ins (
    state_hash bytea PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    user_id text NOT NULL,
    provider text NOT NULL,
    sealed bytea NOT NULL,      -- the code verifier (RFC 7636), and where the browser comes back to
    expires_at timestamptz NOT NULL
);
CREATE INDEX account_sign_ins_by_end ON account_sign_ins (organization_id, expires_at);
