-- What an investigator keeps for itself while it works, so that another worker can go on where it stopped.
-- `of_work` is the id of the investigation or of the answer.
CREATE TABLE investigator_memory (
    of_work uuid NOT NULL,
    key text NOT NULL,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    number bigint GENERATED ALWAYS AS IDENTITY,
    text text NOT NULL,
    PRIMARY KEY (of_work, key)
);
