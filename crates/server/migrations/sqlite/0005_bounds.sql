-- The file says whose it is: "mlhb".
PRAGMA application_id = 1835821154;

-- Accounts made from an address, so that nobody makes them by the thousand.
CREATE TABLE signups (
    address TEXT    PRIMARY KEY,
    signups INTEGER NOT NULL,
    since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signups_by_time ON signups (since);

-- One row, which is written to see whether anything can be.
CREATE TABLE health (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    checked_at INTEGER NOT NULL
) STRICT;
INSERT INTO health (id, checked_at) VALUES (1, 0);

-- A lease that ends later than one that began now was given by a clock that was ahead.
DROP VIEW trial_rows;
CREATE VIEW trial_rows AS
SELECT trials.*,
       experiments.uuid AS experiment_uuid,
       experiments.trial_lifetime,
       tells.id AS tell_id,
       tells.value,
       tells.told_at
FROM trials
JOIN experiments ON experiments.id = trials.experiment_id
LEFT JOIN tells ON tells.trial_id = trials.id;
