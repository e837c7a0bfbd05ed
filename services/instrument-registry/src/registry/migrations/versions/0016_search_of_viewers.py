"""The search knows who sees what it finds, and a walk goes on at any depth.

What a fragment finds in a province was looked through for the few of one institution or area. `viewers` stands in the
search's index in place of the organisation: who sees an instrument, and the areas in which it is filed, an area as the
uuid of its digits. It narrows only: what is shown comes from `instrument`, which is secured.

The order of a list stands in a column of its own, for the same reason as city and county in 0015: under row-level security
`uuid_send(id) > …` is no condition that an index takes, so that a walk of a million counted from its beginning at each
step."""

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"

SEARCHED = ("name", "model", "serial_no", "own_no", "install_address")
FILED = "WHERE filing_state <> 'none'"


def words(row: str) -> str:
    return "search_words(" + " || E'\\n' || ".join(f"{row}.{name}" for name in SEARCHED) + ")"


def viewers(row: str) -> str:
    areas = f"ARRAY[area_viewer(left({row}.division_code, 4)), area_viewer(left({row}.division_code, 6))]"
    return f"{row}.org_id || {row}.participants || CASE WHEN {row}.filing_state <> 'none' THEN {areas} ELSE '{{}}' END"


def of(row: str, *names: str) -> str:
    return f"({', '.join(f'{row}.{name}' for name in names)}, {row}.filing_state <> 'none')"


SEEN_BY = (*SEARCHED, "participants", "division_code")
UP = f"""
DROP INDEX instrument_org_id_idx;
DROP INDEX instrument_city_code_idx;
DROP INDEX instrument_county_code_idx;
ALTER TABLE instrument ADD COLUMN place bytea NOT NULL GENERATED ALWAYS AS (uuid_send(id)) STORED;
CREATE INDEX instrument_org_id_idx ON instrument (org_id, place);
CREATE INDEX instrument_city_code_idx ON instrument (city_code, place) {FILED};
CREATE INDEX instrument_county_code_idx ON instrument (county_code, place) {FILED};

CREATE FUNCTION area_viewer(code text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CAST(lpad(code, 32, '0') AS uuid) $$;
CREATE TABLE search_of_viewers AS
    SELECT i.id AS instrument_id, {viewers("i")} AS viewers, s.words FROM instrument AS i JOIN instrument_search AS s ON s.instrument_id = i.id;
DROP TABLE instrument_search;
ALTER TABLE search_of_viewers RENAME TO instrument_search;
ALTER TABLE instrument_search ADD CONSTRAINT instrument_search_pkey PRIMARY KEY (instrument_id),
    ALTER viewers SET NOT NULL, ALTER words SET NOT NULL,
    ALTER viewers SET STATISTICS 1000, ALTER words SET STATISTICS 1000;     -- so that the plan knows what is common
CREATE INDEX instrument_search_words_idx ON instrument_search USING gin (viewers, words gin_trgm_ops);
DROP EXTENSION btree_gin;

CREATE OR REPLACE FUNCTION keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO instrument_search (instrument_id, viewers, words) SELECT a.id, {viewers("a")}, {words("a")} FROM after_rows AS a;
    ELSE
        DELETE FROM instrument_search AS s USING before_rows AS b WHERE s.instrument_id = b.id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION follow_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE instrument_search SET viewers = {viewers("NEW")}, words = {words("NEW")}
    WHERE instrument_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER keep_search_update ON instrument;
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument FOR EACH ROW
    WHEN ({of("OLD", *SEEN_BY)} IS DISTINCT FROM {of("NEW", *SEEN_BY)}) EXECUTE FUNCTION follow_search();
"""
DOWN = f"""
CREATE EXTENSION IF NOT EXISTS btree_gin;
ALTER TABLE instrument_search ADD COLUMN org_id uuid;
UPDATE instrument_search SET org_id = viewers[1];
ALTER TABLE instrument_search ALTER org_id SET NOT NULL, DROP COLUMN viewers;      -- and its index
CREATE INDEX instrument_search_org_id_idx ON instrument_search (org_id, instrument_id);
CREATE INDEX instrument_search_words_idx ON instrument_search USING gin (org_id, words gin_trgm_ops);
CREATE OR REPLACE FUNCTION keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO instrument_search (instrument_id, org_id, words) SELECT a.id, a.org_id, {words("a")} FROM after_rows AS a;
    ELSE
        DELETE FROM instrument_search AS s USING before_rows AS b WHERE s.instrument_id = b.id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION follow_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE instrument_search SET words = {words("NEW")}
    WHERE instrument_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER keep_search_update ON instrument;
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument FOR EACH ROW
    WHEN ({of("OLD", *SEARCHED)} IS DISTINCT FROM {of("NEW", *SEARCHED)}) EXECUTE FUNCTION follow_search();
DROP FUNCTION area_viewer;
ALTER TABLE instrument DROP COLUMN place;                                           -- and its indexes
CREATE INDEX instrument_org_id_idx ON instrument (org_id, uuid_send(id));
CREATE INDEX instrument_city_code_idx ON instrument (city_code, uuid_send(id)) {FILED};
CREATE INDEX instrument_county_code_idx ON instrument (county_code, uuid_send(id)) {FILED};
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
