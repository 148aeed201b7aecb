-- A member who leaves takes sessions and tokens along; chats about incidents stay for the others, without an owner.
ALTER TABLE chat_sessions ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE chat_sessions
    DROP CONSTRAINT chat_sessions_user_id_fkey,
    ADD CONSTRAINT chat_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL;
