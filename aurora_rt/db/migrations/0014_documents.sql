-- Documents of an organization, the bytes that were uploaded included, so that they can be read again; its notes; and
-- what people thought of analyses.

-- `uploaded_by` is a user's id, kept when the user leaves. A row that is still 'uploading' long after it was made is of
-- an upload that broke off, and is removed by the next call that looks.
CREATE TABLE documents (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    filename text NOT NULL,
    original_filename text NOT NULL,
    file_type text NOT NULL CHECK (file_type IN ('md', 'txt', 'pdf')),
    file_size_bytes bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('uploading', 'processing', 'ready', 'failed')),
    error_message text NOT NULL DEFAULT '',
    chunk_count integer NOT NULL DEFAULT 0,
    uploaded_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (organization_id, filename)
);

CREATE TABLE document_bytes (
    document_id uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    number integer NOT NULL,
    organization_id uuid NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (document_id, number)
);
-- What is uploaded is often compressed already, and read once, from end to end.
ALTER TABLE document_bytes ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE organization_notes (
    organization_id uuid PRIMARY KEY REFERENCES organizations (id),
    content text NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE incident_feedback (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    incident_id uuid NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    user_id text NOT NULL,
    feedback_type text NOT NULL CHECK (feedback_type IN ('helpful', 'not_helpful')),
    comment text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    UNIQUE (incident_id, user_id)
);

-- The same alert again, the newest first. A digest, because a title may be longer than an index takes.
CREATE INDEX incidents_by_title ON incidents (organization_id, md5(title), started_at DESC);
