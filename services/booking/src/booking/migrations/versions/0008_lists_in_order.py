"""Lists of bookings stay fast in a province of millions, as those of filing (its migration 0007).

Each scope has an index that holds it in the order of making, and one for its states. `place` is `uuid_send(id)`: the same
order, but no index of the whole table has it, so that the planner does not walk the primary key past other people's rows.
The areas in which the instruments of a booking are used stand in `booking_area`, for no index over a list of areas has an
order. That table and the two searches carry no row-level security and give ids only; what is shown comes from `booking` and
`instrument`, which are secured.

`booking_count` holds how many bookings are in a state, for everyone who has a list of them, as sums of changes."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import create_search_functions, drop_search_functions, enable_row_security

revision = "0008"
down_revision = "0006"

INDEXES = """
ALTER TABLE booking ADD COLUMN place bytea NOT NULL GENERATED ALWAYS AS (uuid_send(id)) STORED;
DROP INDEX booking_org_id_idx, booking_division_code_idx, booking_areas_idx;
CREATE INDEX booking_org_id_place_idx ON booking (org_id, place);
CREATE INDEX booking_org_id_state_idx ON booking (org_id, state, place);
CREATE INDEX booking_institution_id_place_idx ON booking (institution_id, place);
CREATE INDEX booking_institution_id_state_idx ON booking (institution_id, state, place);
CREATE INDEX booking_institution_id_date_idx ON booking (institution_id, date, place);
CREATE INDEX booking_ready_to_check_idx ON booking (institution_id, place) WHERE ready_to_check;
"""

AREAS = """
CREATE TABLE booking_area (                     -- an area in which an instrument of a booking is used
    area       text NOT NULL,
    booking_id uuid NOT NULL,
    place      bytea NOT NULL GENERATED ALWAYS AS (uuid_send(booking_id)) STORED,
    state      text NOT NULL
);
INSERT INTO booking_area (area, booking_id, state) SELECT a.area, b.id, b.state FROM booking AS b, unnest(b.areas) AS a(area);
CREATE UNIQUE INDEX booking_area_place_idx ON booking_area (area, place);
CREATE INDEX booking_area_state_idx ON booking_area (area, state, place);
CREATE INDEX booking_area_booking_id_idx ON booking_area (booking_id);
CREATE FUNCTION keep_areas() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.areas IS DISTINCT FROM NEW.areas) THEN
        DELETE FROM booking_area WHERE booking_id = OLD.id;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE booking_area SET state = NEW.state WHERE booking_id = NEW.id;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO booking_area (area, booking_id, state) SELECT DISTINCT a.area, NEW.id, NEW.state FROM unnest(NEW.areas) AS a(area);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_areas_insert AFTER INSERT ON booking FOR EACH ROW EXECUTE FUNCTION keep_areas();
CREATE TRIGGER keep_areas_update AFTER UPDATE ON booking FOR EACH ROW
    WHEN ((OLD.areas, OLD.state) IS DISTINCT FROM (NEW.areas, NEW.state)) EXECUTE FUNCTION keep_areas();
CREATE TRIGGER keep_areas_delete AFTER DELETE ON booking FOR EACH ROW EXECUTE FUNCTION keep_areas();
"""

ITEM = ", ".join(f"i.instrument ->> '{key}'" for key in ("own_no", "install_address", "manufacturer"))
# what an item is called stands together, as the filter `instruments_contains` asks for it
TOLD = f"""concat_ws(E'\\n', concat_ws(' ', i.instrument ->> 'name', i.instrument ->> 'model', i.instrument ->> 'serial_no'), {ITEM})"""
FOUND = f"""
    SELECT b.id, ARRAY[b.org_id, b.institution_id] || ARRAY(SELECT area_viewer(a) FROM unnest(b.areas) AS t(a) WHERE length(a) > 2),
        search_words(b.number || E'\\n' || coalesce((
            SELECT string_agg({TOLD}, E'\\n' ORDER BY i.position) FROM booking_item AS i WHERE i.booking_id = b.id), ''))
    FROM booking AS b"""

SEARCH = f"""
CREATE TABLE booking_search (booking_id uuid CONSTRAINT booking_search_pkey PRIMARY KEY, viewers uuid[] NOT NULL, words text NOT NULL);
INSERT INTO booking_search {FOUND};
ALTER TABLE booking_search
    ALTER viewers SET STATISTICS 1000, ALTER words SET STATISTICS 1000;     -- so that the plan knows what is common
CREATE INDEX booking_search_words_idx ON booking_search USING gin (viewers, words gin_trgm_ops);
CREATE FUNCTION keep_booking_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN                                           -- a booking is found by its items, which come after it
    INSERT INTO booking_search {FOUND} WHERE b.id IN (SELECT booking_id FROM after_rows)
    ON CONFLICT (booking_id) DO UPDATE SET viewers = EXCLUDED.viewers, words = EXCLUDED.words;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_search AFTER INSERT ON booking_item REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_booking_search();
CREATE FUNCTION drop_booking_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM booking_search AS s USING before_rows AS b WHERE s.booking_id = b.id;
    RETURN NULL;
END $$;
CREATE TRIGGER drop_search AFTER DELETE ON booking REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION drop_booking_search();
ALTER TABLE org ADD COLUMN words text NOT NULL GENERATED ALWAYS AS (search_words(name)) STORED;
CREATE INDEX org_words_idx ON org USING gin (words gin_trgm_ops);
"""

INSTRUMENTS = """
CREATE TABLE instrument_search AS SELECT instrument_id, ARRAY[org_id] AS viewers, search_words(search) AS words FROM instrument;
ALTER TABLE instrument_search ADD CONSTRAINT instrument_search_pkey PRIMARY KEY (instrument_id),
    ALTER viewers SET NOT NULL, ALTER words SET NOT NULL,
    ALTER viewers SET STATISTICS 1000, ALTER words SET STATISTICS 1000;
CREATE INDEX instrument_search_words_idx ON instrument_search USING gin (viewers, words gin_trgm_ops);
CREATE FUNCTION keep_instrument_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM instrument_search WHERE instrument_id = OLD.instrument_id;
    ELSE
        INSERT INTO instrument_search VALUES (NEW.instrument_id, ARRAY[NEW.org_id], search_words(NEW.search))
        ON CONFLICT (instrument_id) DO UPDATE SET viewers = EXCLUDED.viewers, words = EXCLUDED.words;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_search_insert AFTER INSERT ON instrument FOR EACH ROW EXECUTE FUNCTION keep_instrument_search();
CREATE TRIGGER keep_search_update AFTER UPDATE ON instrument FOR EACH ROW
    WHEN ((OLD.org_id, OLD.search) IS DISTINCT FROM (NEW.org_id, NEW.search)) EXECUTE FUNCTION keep_instrument_search();
CREATE TRIGGER keep_search_delete AFTER DELETE ON instrument FOR EACH ROW EXECUTE FUNCTION keep_instrument_search();
"""


def entries(rows: str, sign: int) -> str:
    """Returns the SELECT of the entries that these bookings add to the counters. sign: -1 takes them away."""
    return (
        f"SELECT v.viewer_id, r.state, {sign} AS n FROM {rows} AS r CROSS JOIN LATERAL (SELECT r.org_id"
        " UNION SELECT r.institution_id UNION SELECT area_viewer(a) FROM unnest(r.areas) AS t(a)) AS v(viewer_id)"
    )


def count(changes: str, merged: bool = False) -> str:
    return (
        f"INSERT INTO booking_count (viewer_id, state, n, merged) SELECT viewer_id, state, sum(n), {merged}"
        f" FROM ({changes}) AS changes GROUP BY viewer_id, state HAVING sum(n) <> 0;"
    )


COUNTS = f"""
CREATE TABLE booking_count (
    viewer_id uuid NOT NULL,
    state     text NOT NULL,
    n         bigint NOT NULL,
    merged    boolean NOT NULL DEFAULT false
);
{count(entries("booking", 1), merged=True)}
CREATE INDEX booking_count_viewer_id_idx ON booking_count (viewer_id) INCLUDE (state, n);
CREATE INDEX booking_count_unmerged_idx ON booking_count (viewer_id) WHERE NOT merged;
CREATE FUNCTION count_bookings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {count(entries("after_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN
        {count(entries("before_rows", -1))}
    ELSE
        {count(entries("after_rows", 1) + " UNION ALL " + entries("before_rows", -1))}
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_inserted AFTER INSERT ON booking REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_bookings();
CREATE TRIGGER count_updated AFTER UPDATE ON booking REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_bookings();
CREATE TRIGGER count_deleted AFTER DELETE ON booking REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_bookings();
"""

DOWN = """
DROP TRIGGER count_inserted ON booking; DROP TRIGGER count_updated ON booking; DROP TRIGGER count_deleted ON booking;
DROP FUNCTION count_bookings; DROP TABLE booking_count;
DROP TRIGGER keep_search_insert ON instrument; DROP TRIGGER keep_search_update ON instrument;
DROP TRIGGER keep_search_delete ON instrument;
DROP FUNCTION keep_instrument_search; DROP TABLE instrument_search;
ALTER TABLE org DROP COLUMN words;                                                                  -- and its index
DROP TRIGGER keep_search ON booking_item; DROP TRIGGER drop_search ON booking;
DROP FUNCTION keep_booking_search; DROP FUNCTION drop_booking_search; DROP TABLE booking_search;
DROP TRIGGER keep_areas_insert ON booking; DROP TRIGGER keep_areas_update ON booking; DROP TRIGGER keep_areas_delete ON booking;
DROP FUNCTION keep_areas; DROP TABLE booking_area;
DROP INDEX booking_institution_id_date_idx;
ALTER TABLE booking DROP COLUMN place;                                                              -- and its indexes
CREATE INDEX booking_org_id_idx ON booking (org_id, id);
CREATE INDEX booking_division_code_idx ON booking (division_code text_pattern_ops, id);
CREATE INDEX booking_areas_idx ON booking USING gin (areas);
"""


def upgrade() -> None:
    op.execute(text(INDEXES))
    create_search_functions(op)
    for part in (AREAS, SEARCH, INSTRUMENTS, COUNTS):
        op.execute(text(part))
    enable_row_security(
        op, "booking_count",
        "viewer_id = qj_org() OR viewer_id = qj_institution() OR (qj_institution() IS NULL AND viewer_id = area_viewer(qj_area()))",
    )
    op.execute(text("ALTER POLICY scope ON booking_count WITH CHECK (true)"))  # only triggers write there


def downgrade() -> None:
    op.execute(text(DOWN))
    drop_search_functions(op)
