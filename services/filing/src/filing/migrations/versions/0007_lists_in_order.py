"""Lists of filings stay fast in a province of millions, as those of the registry (its migrations 0013 to 0016, 0022).

Each scope has an index that holds it in the order of making, one that holds its open ones and one that holds its decided ones
by their decision. `place` is `uuid_send(id)`: the same order, but no index of the whole table has it, so that the planner
does not walk the primary key past other people's rows. City and county stand in columns of their own: under row-level
security only comparisons that cannot leak a value reach an index.

What institutions took part in stands in `filing_part`, for no index over a list of participants has an order. That table and
`filing_search` carry no row-level security and give ids only; what is shown comes from `filing`, which is secured.

`filing_count` holds how many of the latest filings are in a state, for everyone who has a list of them, as sums of changes:
an entry a statement and state, never updated, so that two transactions do not wait for each other."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import create_search_functions, drop_search_functions, enable_row_security

revision = "0007"
down_revision = "0006"

OPEN = "WHERE state IN ('submitted', 'awaiting_confirmation', 'pending_reassignment')"
DECIDED = "WHERE state IN ('approved', 'returned', 'revoked', 'withdrawn', 'lapsed', 'closed')"
SCOPES = ("org_id", "city_code", "county_code")


def scope_indexes(scope: str) -> str:
    return f"""
CREATE INDEX filing_{scope}_place_idx ON filing ({scope}, place);
CREATE INDEX filing_{scope}_open_idx ON filing ({scope}, state, place) {OPEN};
CREATE INDEX filing_{scope}_decided_idx ON filing ({scope}, state, decided_at, id) {DECIDED};"""


INDEXES = f"""
ALTER TABLE filing
    ADD COLUMN place bytea NOT NULL GENERATED ALWAYS AS (uuid_send(id)) STORED,
    ADD COLUMN city_code text NOT NULL GENERATED ALWAYS AS (left(division_code, 4)) STORED,
    ADD COLUMN county_code text NOT NULL GENERATED ALWAYS AS (left(division_code, 6)) STORED;
DROP INDEX filing_org_id_idx;
DROP INDEX filing_division_code_idx;
{"".join(map(scope_indexes, SCOPES))}
CREATE INDEX filing_open_idx ON filing (state, id) {OPEN};
CREATE INDEX filing_decided_idx ON filing (state, decided_at, id) {DECIDED};
"""

PARTS = f"""
CREATE TABLE filing_part (                      -- an institution that had a part in a filing
    institution_id uuid NOT NULL,
    filing_id      uuid NOT NULL,
    place          bytea NOT NULL GENERATED ALWAYS AS (uuid_send(filing_id)) STORED,
    state          text NOT NULL,
    submitted_at   timestamptz NOT NULL,
    decided_at     timestamptz
);
INSERT INTO filing_part (institution_id, filing_id, state, submitted_at, decided_at)
    SELECT DISTINCT p.one, f.id, f.state, f.submitted_at, f.decided_at FROM filing AS f, unnest(f.participants) AS p(one);
CREATE UNIQUE INDEX filing_part_key ON filing_part (institution_id, place);
CREATE INDEX filing_part_filing_id_idx ON filing_part (filing_id);
CREATE INDEX filing_part_waiting_idx ON filing_part (institution_id, submitted_at, filing_id);
CREATE INDEX filing_part_open_idx ON filing_part (institution_id, state, submitted_at, filing_id) {OPEN};
CREATE INDEX filing_part_decided_idx ON filing_part (institution_id, state, decided_at, filing_id) {DECIDED};
CREATE FUNCTION keep_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.participants IS DISTINCT FROM NEW.participants) THEN
        DELETE FROM filing_part WHERE filing_id = OLD.id;
    ELSIF TG_OP = 'UPDATE' THEN
        UPDATE filing_part SET state = NEW.state, submitted_at = NEW.submitted_at, decided_at = NEW.decided_at
        WHERE filing_id = NEW.id;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO filing_part (institution_id, filing_id, state, submitted_at, decided_at)
            SELECT DISTINCT one, NEW.id, NEW.state, NEW.submitted_at, NEW.decided_at FROM unnest(NEW.participants) AS p(one);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_parts_insert AFTER INSERT ON filing FOR EACH ROW EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_parts_update AFTER UPDATE ON filing FOR EACH ROW
    WHEN ((OLD.participants, OLD.state, OLD.submitted_at, OLD.decided_at)
          IS DISTINCT FROM (NEW.participants, NEW.state, NEW.submitted_at, NEW.decided_at))
    EXECUTE FUNCTION keep_parts();
CREATE TRIGGER keep_parts_delete AFTER DELETE ON filing FOR EACH ROW EXECUTE FUNCTION keep_parts();
"""


def words(row: str) -> str:
    return f"search_words({row}.number || E'\\n' || {row}.search)"


def viewers(row: str) -> str:
    areas = f"ARRAY[area_viewer(left({row}.division_code, 4)), area_viewer(left({row}.division_code, 6))]"
    return f"{row}.org_id || {row}.participants || {areas}"


SEARCH = f"""
CREATE TABLE filing_search AS SELECT f.id AS filing_id, {viewers("f")} AS viewers, {words("f")} AS words FROM filing AS f;
ALTER TABLE filing_search ADD CONSTRAINT filing_search_pkey PRIMARY KEY (filing_id),
    ALTER viewers SET NOT NULL, ALTER words SET NOT NULL,
    ALTER viewers SET STATISTICS 1000, ALTER words SET STATISTICS 1000;     -- so that the plan knows what is common
CREATE INDEX filing_search_words_idx ON filing_search USING gin (viewers, words gin_trgm_ops);
CREATE FUNCTION keep_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO filing_search (filing_id, viewers, words) SELECT a.id, {viewers("a")}, {words("a")} FROM after_rows AS a;
    ELSE
        DELETE FROM filing_search AS s USING before_rows AS b WHERE s.filing_id = b.id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION follow_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE filing_search SET viewers = {viewers("NEW")}, words = {words("NEW")} WHERE filing_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_search_insert AFTER INSERT ON filing REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search();
CREATE TRIGGER keep_search_update AFTER UPDATE ON filing FOR EACH ROW
    WHEN ((OLD.number, OLD.search, OLD.participants, OLD.division_code)
          IS DISTINCT FROM (NEW.number, NEW.search, NEW.participants, NEW.division_code))
    EXECUTE FUNCTION follow_search();
CREATE TRIGGER keep_search_delete AFTER DELETE ON filing REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION keep_search();
ALTER TABLE org ADD COLUMN words text NOT NULL GENERATED ALWAYS AS (search_words(name || E'\\n' || credit_code)) STORED;
CREATE INDEX org_words_idx ON org USING gin (words gin_trgm_ops);
"""

KEY = "viewer_id, area, state, held, turn"


def entries(rows: str, sign: int) -> str:
    """Returns the SELECT of the entries that the latest of these filings add to the counters. sign: -1 takes them away."""
    return (
        f"SELECT v.viewer_id, v.area, r.state, coalesce(r.holder_id = v.viewer_id, false) AS held,"
        f" r.institution_id = v.viewer_id AS turn, {sign} AS n FROM {rows} AS r"
        " CROSS JOIN LATERAL filing_viewers(r.org_id, r.participants, r.division_code) AS v WHERE r.latest"
    )


def count(changes: str, merged: bool = False) -> str:
    return (
        f"INSERT INTO filing_count ({KEY}, n, merged) SELECT {KEY}, sum(n), {merged} FROM ({changes}) AS changes"
        f" GROUP BY {KEY} HAVING sum(n) <> 0;"
    )


COUNTS = f"""
CREATE TABLE filing_count (
    viewer_id uuid NOT NULL,
    area      text NOT NULL,
    state     text NOT NULL,
    held      boolean NOT NULL,
    turn      boolean NOT NULL,
    n         bigint NOT NULL,
    merged    boolean NOT NULL DEFAULT false
);
CREATE FUNCTION filing_viewers(org uuid, participants uuid[], division text)
    RETURNS TABLE (viewer_id uuid, area text) LANGUAGE sql IMMUTABLE AS $$
    SELECT org, '-'
    UNION SELECT one, '-' FROM unnest(participants) AS p(one)
    UNION SELECT area_viewer(a), a FROM (SELECT left(division, n) FROM unnest(ARRAY[0, 2, 4, 6, 9]) AS n) AS areas(a)
$$;
{count(entries("filing", 1), merged=True)}
CREATE INDEX filing_count_viewer_id_idx ON filing_count (viewer_id) INCLUDE (area, state, held, turn, n);
CREATE INDEX filing_count_unmerged_idx ON filing_count (viewer_id) WHERE NOT merged;
CREATE FUNCTION count_filings() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER count_inserted AFTER INSERT ON filing REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_filings();
CREATE TRIGGER count_updated AFTER UPDATE ON filing REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_filings();
CREATE TRIGGER count_deleted AFTER DELETE ON filing REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_filings();
"""

DOWN = """
DROP TRIGGER count_inserted ON filing; DROP TRIGGER count_updated ON filing; DROP TRIGGER count_deleted ON filing;
DROP FUNCTION count_filings; DROP TABLE filing_count; DROP FUNCTION filing_viewers;
ALTER TABLE org DROP COLUMN words;                                                                  -- and its index
DROP TRIGGER keep_search_insert ON filing; DROP TRIGGER keep_search_update ON filing; DROP TRIGGER keep_search_delete ON filing;
DROP FUNCTION keep_search; DROP FUNCTION follow_search; DROP TABLE filing_search;
DROP TRIGGER keep_parts_insert ON filing; DROP TRIGGER keep_parts_update ON filing; DROP TRIGGER keep_parts_delete ON filing;
DROP FUNCTION keep_parts; DROP TABLE filing_part;
DROP INDEX filing_org_id_open_idx, filing_org_id_decided_idx, filing_open_idx, filing_decided_idx;
ALTER TABLE filing DROP COLUMN place, DROP COLUMN city_code, DROP COLUMN county_code;               -- and their indexes
CREATE INDEX filing_org_id_idx ON filing (org_id, state, id) WHERE latest;
CREATE INDEX filing_division_code_idx ON filing (division_code text_pattern_ops, state);
"""


def upgrade() -> None:
    op.execute(text(INDEXES))
    create_search_functions(op)
    for part in (PARTS, SEARCH, COUNTS):
        op.execute(text(part))
    enable_row_security(
        op, "filing_count",
        "viewer_id = qj_org() OR viewer_id = qj_institution() OR (qj_institution() IS NULL AND area LIKE qj_area() || '%')",
    )
    op.execute(text("ALTER POLICY scope ON filing_count WITH CHECK (true)"))  # only triggers write there


def downgrade() -> None:
    op.execute(text(DOWN))
    drop_search_functions(op)
