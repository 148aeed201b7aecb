-- Who of several thought it ('' for the investigator itself); and why a text ends: 'complete' when it is whole.
ALTER TABLE thoughts ADD COLUMN IF NOT EXISTS by text NOT NULL DEFAULT '';
ALTER TABLE investigations ADD COLUMN IF NOT EXISTS ended text NOT NULL DEFAULT 'complete';
ALTER TABLE incidents ADD COLUMN IF NOT EXISTS summary_ended text NOT NULL DEFAULT 'complete';
ALTER TABLE chat_messages ADD COLUMN IF NOT EXISTS ended text NOT NULL DEFAULT 'complete';

-- Who answers proposes, too: such a suggestion belongs to no investigation.
ALTER TABLE suggestions ALTER COLUMN investigation_id DROP NOT NULL;
