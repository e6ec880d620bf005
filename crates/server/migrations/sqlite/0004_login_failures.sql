-- Attempts to log in. Each is counted before its password is looked at, and counted off again if that was right. The account
-- is a keyed hash of what was typed in as its name: people type all sorts of things there, their password among them.

CREATE TABLE account_failures (
    account  TEXT    NOT NULL,
    address  TEXT    NOT NULL,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    PRIMARY KEY (account, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_failures_by_time ON account_failures (last_at);

CREATE TABLE address_failures (
    address  TEXT    PRIMARY KEY,
    failures INTEGER NOT NULL,
    since    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX address_failures_by_time ON address_failures (since);
