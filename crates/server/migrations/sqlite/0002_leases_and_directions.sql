-- Experiments that minimise, trials that are leased, trials that fail, and requests repeated whatever they made.

ALTER TABLE experiments ADD COLUMN direction TEXT NOT NULL DEFAULT 'maximize'
    CHECK (direction IN ('maximize', 'minimize'));
-- How many seconds a trial is leased for, and how many trials may be open at once.
ALTER TABLE experiments ADD COLUMN trial_lifetime INTEGER NOT NULL DEFAULT 86400;
ALTER TABLE experiments ADD COLUMN open_trials INTEGER NOT NULL DEFAULT 100;
CREATE INDEX experiments_by_name ON experiments (user_id, name, id);

-- How often it was given out. What was told without having been asked for never was.
ALTER TABLE trials ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
UPDATE trials SET asked = 0 WHERE origin = 'tell';
-- When the lease ends; without one (origin ask or tell) it never does.
ALTER TABLE trials ADD COLUMN expires_at INTEGER;
-- How often it may be given out again after the lease that runs.
ALTER TABLE trials ADD COLUMN chances INTEGER NOT NULL DEFAULT 0;
UPDATE trials SET expires_at = created_at + 86400000000, chances = 2 WHERE origin = 'trial';
-- Why it failed, in the words of whoever gave it up.
ALTER TABLE trials ADD COLUMN reason TEXT;

-- A key used to point to one trial. Now it holds what was done: trials given out as they were then, a trial that came to
-- its end, or a number of trials imported.
ALTER TABLE idempotency_keys RENAME TO trial_keys;
CREATE TABLE idempotency_keys (
    user_id       INTEGER NOT NULL REFERENCES users (id),
    key           TEXT    NOT NULL,
    fingerprint   TEXT    NOT NULL,
    experiment_id INTEGER NOT NULL REFERENCES experiments (id),
    done          TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT;
INSERT INTO idempotency_keys (user_id, key, fingerprint, experiment_id, done, created_at)
SELECT trial_keys.user_id,
       trial_keys.key,
       trial_keys.fingerprint,
       trials.experiment_id,
       CASE WHEN trial_keys.fingerprint LIKE 'trial\_create %' ESCAPE '\' THEN
           json_object('given', json_object(
               'trials', json_array(json_object('trial', trials.id, 'asked', 1, 'expires_at', trials.expires_at)),
               'counts', json_object('told', 0, 'failed', 0, 'pending', 1, 'expired', 0)))
       ELSE
           json_object('settled', trials.id)
       END,
       trial_keys.created_at
FROM trial_keys
JOIN trials ON trials.id = trial_keys.trial_id;
DROP TABLE trial_keys;
CREATE INDEX idempotency_keys_of_experiment ON idempotency_keys (experiment_id);

DROP VIEW experiment_rows;
CREATE VIEW experiment_rows AS
SELECT experiments.*,
       users.uuid AS owner_uuid
FROM experiments
JOIN users ON users.id = experiments.user_id;

DROP VIEW trial_rows;
CREATE VIEW trial_rows AS
SELECT trials.*,
       experiments.uuid AS experiment_uuid,
       tells.id AS tell_id,
       tells.value,
       tells.told_at
FROM trials
JOIN experiments ON experiments.id = trials.experiment_id
LEFT JOIN tells ON tells.trial_id = trials.id;

DROP VIEW told_rows;
CREATE VIEW told_rows AS
SELECT tells.id,
       tells.experiment_id,
       trials.uuid,
       trials.point,
       tells.value,
       CASE experiments.direction
           WHEN 'minimize' THEN MIN(tells.value) OVER so_far
           ELSE MAX(tells.value) OVER so_far
       END AS best_so_far,
       tells.told_at
FROM tells
JOIN trials ON trials.id = tells.trial_id
JOIN experiments ON experiments.id = tells.experiment_id
WINDOW so_far AS (PARTITION BY tells.experiment_id ORDER BY tells.id);
