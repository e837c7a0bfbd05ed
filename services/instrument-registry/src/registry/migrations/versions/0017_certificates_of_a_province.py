"""Certificates as instruments in 0015 and 0016: the newest of somebody's first by an index of that scope, and a search
whose index knows who sees what it finds. What stands on one never changes, nor who sees it."""

from alembic import op
from sqlalchemy import text

revision = "0017"
down_revision = "0016"


def words(row: str) -> str:
    return f"search_words(concat_ws(E'\\n', {row}.number, {row}.name, {row}.serial_no))"


def viewers(row: str) -> str:
    areas = f"area_viewer(left({row}.division_code, 4)), area_viewer(left({row}.division_code, 6))"
    return f"ARRAY[{row}.org_id, {row}.institution_id, {areas}]"


UP = f"""
DROP INDEX certificate_org_id_idx;
DROP INDEX certificate_institution_id_idx;
DROP INDEX certificate_division_code_idx;
ALTER TABLE certificate
    ADD COLUMN place bytea NOT NULL GENERATED ALWAYS AS (uuid_send(id)) STORED,
    ADD COLUMN city_code text NOT NULL GENERATED ALWAYS AS (left(division_code, 4)) STORED,
    ADD COLUMN county_code text NOT NULL GENERATED ALWAYS AS (left(division_code, 6)) STORED;
CREATE INDEX certificate_org_id_idx ON certificate (org_id, place);
CREATE INDEX certificate_institution_id_idx ON certificate (institution_id, place);
CREATE INDEX certificate_city_code_idx ON certificate (city_code, place);
CREATE INDEX certificate_county_code_idx ON certificate (county_code, place);

CREATE TABLE search_of_viewers AS
    SELECT c.id AS certificate_id, {viewers("c")} AS viewers, s.words FROM certificate AS c JOIN certificate_search AS s ON s.certificate_id = c.id;
DROP TABLE certificate_search;
ALTER TABLE search_of_viewers RENAME TO certificate_search;
ALTER TABLE certificate_search ADD CONSTRAINT certificate_search_pkey PRIMARY KEY (certificate_id),
    ALTER viewers SET NOT NULL, ALTER words SET NOT NULL,
    ALTER viewers SET STATISTICS 1000, ALTER words SET STATISTICS 1000;
CREATE INDEX certificate_search_words_idx ON certificate_search USING gin (viewers, words gin_trgm_ops);
CREATE OR REPLACE FUNCTION keep_certificate_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO certificate_search (certificate_id, viewers, words) SELECT a.id, {viewers("a")}, {words("a")} FROM after_rows AS a;
    ELSE
        DELETE FROM certificate_search AS s USING before_rows AS b WHERE s.certificate_id = b.id;
    END IF;
    RETURN NULL;
END $$;
"""
DOWN = f"""
ALTER TABLE certificate_search ADD COLUMN org_id uuid;
UPDATE certificate_search SET org_id = viewers[1];
ALTER TABLE certificate_search ALTER org_id SET NOT NULL, DROP COLUMN viewers;      -- and its index
CREATE INDEX certificate_search_org_id_idx ON certificate_search (org_id, certificate_id);
CREATE INDEX certificate_search_words_idx ON certificate_search USING gin (words gin_trgm_ops);
CREATE OR REPLACE FUNCTION keep_certificate_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO certificate_search (certificate_id, org_id, words) SELECT a.id, a.org_id, {words("a")} FROM after_rows AS a;
    ELSE
        DELETE FROM certificate_search AS s USING before_rows AS b WHERE s.certificate_id = b.id;
    END IF;
    RETURN NULL;
END $$;
ALTER TABLE certificate DROP COLUMN place, DROP COLUMN city_code, DROP COLUMN county_code;      -- and their indexes
CREATE INDEX certificate_org_id_idx ON certificate (org_id, id);
CREATE INDEX certificate_institution_id_idx ON certificate (institution_id, id);
CREATE INDEX certificate_division_code_idx ON certificate (division_code text_pattern_ops);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
