-- A connection that a socket token opened lasts as long as what made the token: `session:<id>`, `token:<id>`, `user:<id>`.
ALTER TABLE socket_tokens ADD COLUMN made_by text NOT NULL DEFAULT '';
CREATE INDEX invitations_by_end ON invitations (expires_at);
