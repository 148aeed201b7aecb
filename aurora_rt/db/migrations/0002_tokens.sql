-- Tokens that stand for a user: for programs, and for opening one socket.

CREATE TABLE api_tokens (
    id uuid PRIMARY KEY,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    scope text NOT NULL CHECK (scope IN ('read', 'write')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_tokens_by_user ON api_tokens (user_id, created_at);

-- Good for one connection within a minute; deleted as it is used.
CREATE TABLE socket_tokens (
    token_hash bytea PRIMARY KEY,
    user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX socket_tokens_by_user ON socket_tokens (user_id);
CREATE INDEX socket_tokens_by_end ON socket_tokens (expires_at);
