"""Lists stay fast in a province of ten million.

A list shows the newest of somebody's instruments first. Ordered by the id alone, the planner may walk the primary key
from its end and skip what is other people's: with ten million rows it skipped millions. `uuid_send(id)`, the same bytes
in the same order, stands in an index of each kind of scope and nowhere else, so that only these can give the order.

City and county stand in columns of their own: under row-level security only comparisons that cannot leak a value reach an
index, and neither LIKE nor a function of a column is one.

What institutions see by their part in it has a table of its own, for no index over a list of participants has an order.
It gives ids only and carries no row-level security, like the search (0008); what is shown comes from `instrument`.

The search knows the organisation within its index: what a fragment finds in a province is otherwise looked through for
the few of one organisation."""

from alembic import op
from sqlalchemy import text

revision = "0015"
down_revision = "0014"

FILED = "WHERE filing_state <> 'none'"
UP = f"""
DROP INDEX instrument_org_id_idx;
CREATE INDEX instrument_org_id_idx ON instrument (org_id, uuid_send(id));
DROP INDEX instrument_division_code_idx;
ALTER TABLE instrument ADD COLUMN city_code text NOT NULL GENERATED ALWAYS AS (left(division_code, 4)) STORED,
    ADD COLUMN county_code text NOT NULL GENERATED ALWAYS AS (left(division_code, 6)) STORED;
CREATE INDEX instrument_city_code_idx ON instrument (city_code, uuid_send(id)) {FILED};
CREATE INDEX instrument_county_code_idx ON instrument (county_code, uuid_send(id)) {FILED};

CREATE TABLE instrument_part (              -- an institution that had a part in the filing or verification of one
    institution_id uuid NOT NULL,
    instrument_id  uuid NOT NULL
);
INSERT INTO instrument_part (institution_id, instrument_id) SELECT DISTINCT p.one, i.id FROM instrument AS i, unnest(i.participants) AS p(one);
CREATE UNIQUE INDEX instrument_part_key ON instrument_part (institution_id, uuid_send(instrument_id));
CREATE FUNCTION keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM instrument_part AS p WHERE p.institution_id = ANY(OLD.participants) AND uuid_send(p.instrument_id) = uuid_send(OLD.id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO instrument_part (institution_id, instrument_id) SELECT DISTINCT one, NEW.id FROM unnest(NEW.participants) AS p(one);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_parts_insert AFTER INSERT ON instrument FOR EACH ROW
    WHEN (NEW.participants <> '{{}}') EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_parts_update AFTER UPDATE ON instrument FOR EACH ROW
    WHEN (OLD.participants IS DISTINCT FROM NEW.participants) EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_parts_delete AFTER DELETE ON instrument FOR EACH ROW
    WHEN (OLD.participants <> '{{}}') EXECUTE FUNCTION keep_parts();

CREATE EXTENSION IF NOT EXISTS btree_gin;
DROP INDEX instrument_search_words_idx;
CREATE INDEX instrument_search_words_idx ON instrument_search USING gin (org_id, words gin_trgm_ops);
"""
DOWN = """
DROP INDEX instrument_search_words_idx;
CREATE INDEX instrument_search_words_idx ON instrument_search USING gin (words gin_trgm_ops);
DROP EXTENSION btree_gin;
DROP TRIGGER keep_parts_insert ON instrument;
DROP TRIGGER keep_parts_update ON instrument;
DROP TRIGGER keep_parts_delete ON instrument;
DROP FUNCTION keep_parts;
DROP TABLE instrument_part;
ALTER TABLE instrument DROP COLUMN city_code, DROP COLUMN county_code;      -- and their indexes
DROP INDEX instrument_org_id_idx;
CREATE INDEX instrument_division_code_idx ON instrument (division_code text_pattern_ops, id) WHERE filing_state <> 'none';
CREATE INDEX instrument_org_id_idx ON instrument (org_id, id);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
