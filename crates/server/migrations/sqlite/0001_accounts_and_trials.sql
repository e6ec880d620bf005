-- Times are microseconds since 1970 in UTC. Points and spaces are JSON texts whose order counts.

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid          TEXT    NOT NULL UNIQUE,
    email         TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    active        INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE experiments (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid        TEXT    NOT NULL UNIQUE,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    name        TEXT    NOT NULL,
    description TEXT    NOT NULL,
    space       TEXT    NOT NULL,
    model_type  TEXT    NOT NULL,
    acq_func    TEXT    NOT NULL,
    seed        INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    active      INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE INDEX experiments_of_user ON experiments (user_id, id);

-- A point that was asked for (origin ask or trial) or told without having been asked for (origin tell).
CREATE TABLE trials (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid          TEXT    NOT NULL UNIQUE,
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    origin        TEXT    NOT NULL CHECK (origin IN ('ask', 'trial', 'tell')),
    point         TEXT    NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX trials_of_experiment ON trials (experiment_id, id);

-- A trial is told at most once; without a row here it is pending.
CREATE TABLE tells (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    trial_id      INTEGER NOT NULL UNIQUE REFERENCES trials (id),
    value         REAL    NOT NULL,
    told_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX tells_of_experiment ON tells (experiment_id, id);

-- What was done under an Idempotency-Key, so that the same request has the same effect once.
CREATE TABLE idempotency_keys (
    user_id     INTEGER NOT NULL REFERENCES users (id),
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    trial_id    INTEGER NOT NULL REFERENCES trials (id),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;

CREATE VIEW experiment_rows AS
SELECT experiments.*,
       users.uuid AS owner_uuid,
       (SELECT COUNT(*) FROM tells WHERE tells.experiment_id = experiments.id) AS told,
       (SELECT COUNT(*) FROM trials WHERE trials.experiment_id = experiments.id) AS trials
FROM experiments
JOIN users ON users.id = experiments.user_id;

CREATE VIEW trial_rows AS
SELECT trials.*,
       experiments.uuid AS experiment_uuid,
       tells.id AS tell_id,
       tells.value,
       tells.told_at
FROM trials
JOIN experiments ON experiments.id = trials.experiment_id
LEFT JOIN tells ON tells.trial_id = trials.id;

CREATE VIEW told_rows AS
SELECT tells.id,
       tells.experiment_id,
       trials.uuid,
       trials.point,
       tells.value,
       MAX(tells.value) OVER (PARTITION BY tells.experiment_id ORDER BY tells.id) AS best_so_far,
       tells.told_at
FROM tells
JOIN trials ON trials.id = tells.trial_id;
