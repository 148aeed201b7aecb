-- What organizations know, in passages: pieces of documents and of past incidents.
-- `words` is what full text finds a passage by. It has one more lexeme, `org` and the organization's id: a search that
-- asks for it, too, can skip in the index what belongs to others, so that its cost should depend on nobody else.
-- `indexed_by` says in which store, and made by which model, the passage's vector is; '' when it has none.
CREATE TABLE passages (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    kind text NOT NULL CHECK (kind IN ('document', 'incident')),
    source_id uuid NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    heading text NOT NULL,
    text text NOT NULL,
    words tsvector NOT NULL,
    indexed_by text NOT NULL DEFAULT '',
    UNIQUE (organization_id, kind, source_id, number)
);
CREATE INDEX passages_words ON passages USING gin (words);
CREATE INDEX passages_indexed_by ON passages (organization_id, indexed_by);

-- Vectors, apart from the texts: to find the nearest, all vectors of the organization are read, and nothing else.
-- Measured with 40,000 passages of three organizations, 50 nearest: exactly 0.7 ms among 2,000 and 2.6 ms among 10,000
-- passages of one's own; by an HNSW index that all share 6.3 and 1.8 ms, finding 85 and 96 of 100, and twice the time
-- for each insertion. Only among 28,000 of one's own was the index quicker (10 ms exactly, 0.8 by it): no such index.
CREATE TABLE passage_vectors (
    passage_id uuid PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    organization_id uuid NOT NULL,
    kind text NOT NULL,
    source_id uuid NOT NULL,
    model text NOT NULL,
    vector real[] NOT NULL
);
CREATE INDEX passage_vectors_of_organization ON passage_vectors (organization_id, model);

-- With pgvector the vectors are of its type. Where the server has none they wait as arrays, and full text finds alone;
-- once it is installed, CREATE EXTENSION and ALTER TABLE as below begin to use it.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
        ALTER TABLE passage_vectors ALTER COLUMN vector TYPE vector USING vector::vector;
    END IF;
EXCEPTION
    WHEN insufficient_privilege OR undefined_object THEN
        RAISE NOTICE 'pgvector cannot be used: %', SQLERRM;
END
$$;
