"""Whose an instrument is, and a search that looks at the maker too.

The copy of an organisation holds what an authority asks for: credit code, contact and phone. `words` is what it is found
by, as in the search of instruments; like that it carries no row-level security, and gives ids only."""

from alembic import op
from sqlalchemy import text

revision = "0022"
down_revision = "0021"

BEFORE = ("name", "model", "serial_no", "own_no", "install_address")
AFTER = (*BEFORE, "manufacturer")


def words(row: str, searched: tuple[str, ...]) -> str:
    return "search_words(" + " || E'\\n' || ".join(f"{row}.{name}" for name in searched) + ")"


def viewers(row: str) -> str:
    areas = f"ARRAY[area_viewer(left({row}.division_code, 4)), area_viewer(left({row}.division_code, 6))]"
    return f"{row}.org_id || {row}.participants || CASE WHEN {row}.filing_state <> 'none' THEN {areas} ELSE '{{}}' END"


def of(row: str, searched: tuple[str, ...]) -> str:
    names = (*searched, "participants", "division_code")
    return f"({', '.join(f'{row}.{name}' for name in names)}, {row}.filing_state <> 'none')"


def search_by(searched: tuple[str, ...]) -> str:
    return f"""
CREATE OR REPLACE FUNCTION keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO instrument_search (instrument_id, viewers, words)
            SELECT a.id, {viewers("a")}, {words("a", searched)} FROM after_rows AS a;
    ELSE
        DELETE FROM instrument_search AS s USING before_rows AS b WHERE s.instrument_id = b.id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION follow_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE instrument_search SET viewers = {viewers("NEW")}, words = {words("NEW", searched)}
    WHERE instrument_id = NEW.id;
    RETURN NULL;
END $$;
DROP TRIGGER keep_search_update ON instrument;
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument FOR EACH ROW
    WHEN ({of("OLD", searched)} IS DISTINCT FROM {of("NEW", searched)}) EXECUTE FUNCTION follow_search();
UPDATE instrument_search AS s SET words = {words("i", searched)} FROM instrument AS i WHERE i.id = s.instrument_id;
"""


UP = """
ALTER TABLE org ADD COLUMN credit_code text NOT NULL DEFAULT '', ADD COLUMN contact_name text NOT NULL DEFAULT '',
    ADD COLUMN phone text NOT NULL DEFAULT '';
ALTER TABLE org ADD COLUMN words text NOT NULL GENERATED ALWAYS AS (search_words(name || E'\\n' || credit_code)) STORED;
CREATE INDEX org_words_idx ON org USING gin (words gin_trgm_ops);
"""
DOWN = """
ALTER TABLE org DROP COLUMN words, DROP COLUMN credit_code, DROP COLUMN contact_name, DROP COLUMN phone;
"""


def upgrade() -> None:
    op.execute(text(UP))
    op.execute(text(search_by(AFTER)))


def downgrade() -> None:
    op.execute(text(search_by(BEFORE)))
    op.execute(text(DOWN))
