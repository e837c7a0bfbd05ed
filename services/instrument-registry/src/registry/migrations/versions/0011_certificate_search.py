"""What certificates are searched by, beside them, as for instruments (0008): what stands on one never changes."""

from alembic import op
from sqlalchemy import text

revision = "0011"
down_revision = "0010"


def words(row: str) -> str:
    return f"search_words(concat_ws(E'\\n', {row}.number, {row}.name, {row}.serial_no))"


UP = f"""
CREATE TABLE certificate_search (
    certificate_id uuid CONSTRAINT certificate_search_pkey PRIMARY KEY,
    org_id         uuid NOT NULL,
    words          text NOT NULL
);
ALTER TABLE certificate_search ALTER words SET STATISTICS 1000;
INSERT INTO certificate_search (certificate_id, org_id, words) SELECT c.id, c.org_id, {words("c")} FROM certificate AS c;
CREATE INDEX certificate_search_org_id_idx ON certificate_search (org_id, certificate_id);
CREATE INDEX certificate_search_words_idx ON certificate_search USING gin (words gin_trgm_ops);

CREATE FUNCTION keep_certificate_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO certificate_search (certificate_id, org_id, words) SELECT a.id, a.org_id, {words("a")} FROM after_rows AS a;
    ELSE
        DELETE FROM certificate_search AS s USING before_rows AS b WHERE s.certificate_id = b.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_search_insert AFTER INSERT ON certificate REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_certificate_search();
CREATE TRIGGER keep_search_delete AFTER DELETE ON certificate REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_certificate_search();
"""
DOWN = """
DROP TRIGGER keep_search_insert ON certificate;
DROP TRIGGER keep_search_delete ON certificate;
DROP FUNCTION keep_certificate_search;
DROP TABLE certificate_search;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
