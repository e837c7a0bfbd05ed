"""What instruments are searched by, beside them: a table without row-level security, for under it no condition that a
person typed reaches an index. It gives ids only; what is shown comes from `instrument`, which is secured.

Other than ASCII, every character stands twice: so two Chinese characters make the three that pg_trgm asks for."""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"

SEARCHED = ("name", "model", "serial_no", "own_no", "install_address")


def words(row: str) -> str:
    return "search_words(" + " || E'\\n' || ".join(f"{row}.{name}" for name in SEARCHED) + ")"


def changed() -> str:
    return f"({', '.join(f'a.{n}' for n in SEARCHED)}) IS DISTINCT FROM ({', '.join(f'b.{n}' for n in SEARCHED)})"


UP = f"""
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE FUNCTION search_words(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT regexp_replace(lower(normalize(given, NFKC)), '([^[\\:ascii\\:]])', '\\1\\1', 'g') $$;
CREATE FUNCTION search_pattern(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT '%' || replace(replace(replace(search_words(given), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' $$;
CREATE TABLE instrument_search (
    instrument_id uuid CONSTRAINT instrument_search_pkey PRIMARY KEY,
    org_id        uuid NOT NULL,
    words         text NOT NULL
);
ALTER TABLE instrument_search ALTER words SET STATISTICS 1000;   -- so that the plan knows a common word from a rare one
INSERT INTO instrument_search (instrument_id, org_id, words) SELECT i.id, i.org_id, {words("i")} FROM instrument AS i;
CREATE INDEX instrument_search_org_id_idx ON instrument_search (org_id, instrument_id);
CREATE INDEX instrument_search_words_idx ON instrument_search USING gin (words gin_trgm_ops);

CREATE FUNCTION keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO instrument_search (instrument_id, org_id, words) SELECT a.id, a.org_id, {words("a")} FROM after_rows AS a;
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM instrument_search AS s USING before_rows AS b WHERE s.instrument_id = b.id;
    ELSE
        UPDATE instrument_search AS s SET words = {words("a")} FROM after_rows AS a JOIN before_rows AS b ON b.id = a.id
        WHERE s.instrument_id = a.id AND {changed()};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_search_insert AFTER INSERT ON instrument REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search();
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search();
CREATE TRIGGER keep_search_delete AFTER DELETE ON instrument REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search();
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TRIGGER keep_search_insert ON instrument; DROP TRIGGER keep_search_update ON instrument;"
                    " DROP TRIGGER keep_search_delete ON instrument; DROP FUNCTION keep_search;"
                    " DROP TABLE instrument_search; DROP FUNCTION search_pattern; DROP FUNCTION search_words"))  # fmt: skip
