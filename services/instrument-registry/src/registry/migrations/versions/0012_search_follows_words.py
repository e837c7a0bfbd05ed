"""A change of instruments looks at the search only where one of the searched words changed.

The statement trigger of 0008 compared every changed row before and after by a join: a change of 1,000 instruments that
touched none of these words spent a second in it. A row trigger with a condition is not even queued for such rows."""

from alembic import op
from sqlalchemy import text

revision = "0012"
down_revision = "0011"

SEARCHED = ("name", "model", "serial_no", "own_no", "install_address")
WORDS = "search_words(" + " || E'\\n' || ".join(f"NEW.{name}" for name in SEARCHED) + ")"


def of(row: str) -> str:
    return f"({', '.join(f'{row}.{name}' for name in SEARCHED)})"


UP = f"""
DROP TRIGGER keep_search_update ON instrument;
CREATE FUNCTION follow_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE instrument_search SET words = {WORDS}
    WHERE instrument_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument FOR EACH ROW
    WHEN ({of("OLD")} IS DISTINCT FROM {of("NEW")}) EXECUTE FUNCTION follow_search();
"""
DOWN = """
DROP TRIGGER keep_search_update ON instrument;
DROP FUNCTION follow_search;
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search();
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
