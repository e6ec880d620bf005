-- A session begins with a password and ends with a logout, another password, or its last moment. Access tokens name it, so
-- that none outlives it. Hashes are SHA-256 of random texts of 256 bits; the texts themselves are stored nowhere.

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid         TEXT    NOT NULL UNIQUE,
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL CHECK (kind IN ('token', 'cookie')),
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- What a session can be shown by. A refresh token that was used is kept, to be known when it is shown again.
CREATE TABLE session_secrets (
    hash       BLOB    PRIMARY KEY,
    session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('refresh', 'cookie')),
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX session_secrets_of_session ON session_secrets (session_id);
CREATE INDEX session_secrets_by_expiry ON session_secrets (expires_at);

-- Sessions that are not ended, of accounts that may be used, with the account as it stands in users.
CREATE VIEW session_rows AS
SELECT users.id,
       users.uuid,
       users.email,
       users.created_at,
       users.active,
       sessions.id AS session_id,
       sessions.uuid AS session_uuid,
       sessions.expires_at AS session_expires_at
FROM sessions
JOIN users ON users.id = sessions.user_id
WHERE sessions.ended_at IS NULL AND users.active;
