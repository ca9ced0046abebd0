-- One history of many boxes, in PostgreSQL 14 or later: tables, roles and rights. docs/fleet.md explains it.
--
-- The owner of the database runs this with psql; running it again changes nothing:
--
--   createdb earwitness
--   psql --dbname earwitness --file fleet.sql
--
-- Then each box gets a role, whose name is the box's, and each person or dashboard that reads one:
--
--   CREATE ROLE porch LOGIN PASSWORD '...' IN ROLE earwitness_box;
--   CREATE ROLE grafana LOGIN PASSWORD '...' IN ROLE earwitness_reader;

\set ON_ERROR_STOP on
SET client_min_messages = warning;
BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'earwitness_box') THEN
        CREATE ROLE earwitness_box NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'earwitness_reader') THEN
        CREATE ROLE earwitness_reader NOLOGIN;
    END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS fleet;

-- Which version of these tables is here. A later version adds to it; boxes of an earlier one go on.
CREATE TABLE IF NOT EXISTS fleet.version (version integer PRIMARY KEY);
INSERT INTO fleet.version VALUES (1) ON CONFLICT DO NOTHING;

-- What was heard: a row for each event of each box, from its beginning on.
CREATE TABLE IF NOT EXISTS fleet.event (
    box text NOT NULL DEFAULT current_user,
    event_id bigint NOT NULL,           -- the box's own number of it
    source text NOT NULL,               -- the microphone
    class text NOT NULL,                -- such as dog_bark
    label text NOT NULL,                -- the class for people, such as "Dog bark"
    start_utc timestamptz NOT NULL,
    end_utc timestamptz,                -- NULL while the sound goes on
    peak_score double precision NOT NULL CHECK (peak_score BETWEEN 0 AND 1),
    mean_score double precision NOT NULL CHECK (mean_score BETWEEN 0 AND 1),
    second_score double precision CHECK (second_score BETWEEN 0 AND 1), -- of a second model that agreed
    level_dbfs double precision,        -- NULL for digital silence
    model text NOT NULL,
    labelled_utc timestamptz,           -- when a user said what it was; NULL: nobody did
    labelled_class text,                -- what it was; NULL with labelled_utc: a false alarm
    note text,
    received_utc timestamptz NOT NULL DEFAULT now(), -- when it came here first
    PRIMARY KEY (box, event_id, start_utc),
    CHECK (end_utc >= start_utc)
) PARTITION BY RANGE (start_utc);
CREATE INDEX IF NOT EXISTS event_by_start ON fleet.event (start_utc);
CREATE INDEX IF NOT EXISTS event_by_class_and_start ON fleet.event (class, start_utc);

-- What became of the time: a row for each stretch, at most a day long. The last one of a source grows.
CREATE TABLE IF NOT EXISTS fleet.coverage (
    box text NOT NULL DEFAULT current_user,
    source text NOT NULL,
    start_utc timestamptz NOT NULL,
    end_utc timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('listening', 'gated', 'lost', 'absent', 'stopped')),
    lost_samples bigint NOT NULL DEFAULT 0,
    reason text,
    PRIMARY KEY (box, source, start_utc),
    CHECK (end_utc >= start_utc)
) PARTITION BY RANGE (start_utc);
CREATE INDEX IF NOT EXISTS coverage_by_start ON fleet.coverage (start_utc);

-- Makes the partitions of months, from one up to another, that are not there yet.
--
-- What came before its month was made waits in the default partition, and is moved.
CREATE OR REPLACE FUNCTION fleet.add_months(first date, last date) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    month timestamp;
    part text;
    made integer := 0;
BEGIN
    FOREACH parent IN ARRAY ARRAY['event', 'coverage'] LOOP
        FOR month IN SELECT generate_series(date_trunc('month', first::timestamp), last, '1 month') LOOP
            part := parent || to_char(month, '_YYYY_MM');
            CONTINUE WHEN to_regclass('fleet.' || part) IS NOT NULL;
            EXECUTE format('CREATE TABLE fleet.%I (LIKE fleet.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                part, parent);
            EXECUTE format('WITH moved AS (DELETE FROM fleet.%I WHERE start_utc >= %L AND start_utc < %L RETURNING *)
                INSERT INTO fleet.%I SELECT * FROM moved', parent || '_other', month || '+00',
                month + interval '1 month' || '+00', part);
            EXECUTE format('ALTER TABLE fleet.%I ATTACH PARTITION fleet.%I FOR VALUES FROM (%L) TO (%L)',
                parent, part, month || '+00', month + interval '1 month' || '+00');
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION fleet.add_months FROM PUBLIC;

CREATE TABLE IF NOT EXISTS fleet.event_other PARTITION OF fleet.event DEFAULT;
CREATE TABLE IF NOT EXISTS fleet.coverage_other PARTITION OF fleet.coverage DEFAULT;
SELECT fleet.add_months((now() - interval '1 year')::date, (now() + interval '3 years')::date) AS partitions;

-- A box writes and reads its own rows only, whoever holds it, and deletes none.
ALTER TABLE fleet.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE fleet.coverage ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_rows ON fleet.event;
DROP POLICY IF EXISTS own_rows ON fleet.coverage;
DROP POLICY IF EXISTS all_rows ON fleet.event;
DROP POLICY IF EXISTS all_rows ON fleet.coverage;
CREATE POLICY own_rows ON fleet.event TO earwitness_box
    USING (box = current_user) WITH CHECK (box = current_user);
CREATE POLICY own_rows ON fleet.coverage TO earwitness_box
    USING (box = current_user) WITH CHECK (box = current_user);
CREATE POLICY all_rows ON fleet.event FOR SELECT TO earwitness_reader USING (true);
CREATE POLICY all_rows ON fleet.coverage FOR SELECT TO earwitness_reader USING (true);

GRANT USAGE ON SCHEMA fleet TO earwitness_box, earwitness_reader;
GRANT SELECT ON fleet.version TO earwitness_box, earwitness_reader;
GRANT SELECT, INSERT, UPDATE ON fleet.event, fleet.coverage TO earwitness_box;
GRANT SELECT ON fleet.event, fleet.coverage TO earwitness_reader;

COMMIT;
