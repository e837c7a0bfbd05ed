"""What no day changes of an instrument's verification stands beside it: its phase and the day that the phase counts
from, so that a view is a range of days. Counts are kept by phase and day in the transaction of the change.

Row-level security asks for the scope once a statement instead of once a row."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import enable_row_security, set_row_security

revision = "0002"
down_revision = "0001"

LIVE = "status = 'in_use' AND filing_state = 'approved' AND approved_on IS NOT NULL"
PHASE = f"""
    CASE WHEN NOT ({LIVE}) THEN 'none'
         WHEN result = 'fail' THEN 'failed'
         WHEN result = 'pass' AND valid_until IS NULL AND rotate_on IS NULL THEN 'no_expiry'
         WHEN result = 'pass' AND valid_until IS NULL THEN 'rotation'
         WHEN result = 'pass' AND approved_on <= valid_until THEN 'verified'
         ELSE 'unverified' END"""
PHASE_DAY = f"""
    CASE WHEN NOT ({LIVE}) OR result = 'fail' THEN NULL
         WHEN result = 'pass' AND valid_until IS NULL THEN rotate_on
         WHEN result = 'pass' AND approved_on <= valid_until THEN valid_until
         ELSE approved_on END"""

COUNTERS = """
-- How many instruments of an organisation are in a state, as sums of changes: an entry a statement and state, never
-- updated, so that two transactions do not wait for each other. `merged`: what the merging schedule has summed up.
CREATE TABLE instrument_count (
    org_id       uuid NOT NULL,
    status       text NOT NULL,
    filing_state text NOT NULL,
    phase        text NOT NULL,
    phase_day    date,
    n            bigint NOT NULL,
    merged       boolean NOT NULL DEFAULT false
);
CREATE INDEX instrument_count_org_id_idx ON instrument_count (org_id) INCLUDE (status, filing_state, phase, phase_day, n);
CREATE INDEX instrument_count_unmerged_idx ON instrument_count (org_id) WHERE NOT merged;

CREATE FUNCTION count_instruments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO instrument_count (org_id, status, filing_state, phase, phase_day, n)
        SELECT org_id, status, filing_state, phase, phase_day, count(*) FROM after_rows GROUP BY 1, 2, 3, 4, 5;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO instrument_count (org_id, status, filing_state, phase, phase_day, n)
        SELECT org_id, status, filing_state, phase, phase_day, -count(*) FROM before_rows GROUP BY 1, 2, 3, 4, 5;
    ELSE
        INSERT INTO instrument_count (org_id, status, filing_state, phase, phase_day, n)
        SELECT org_id, status, filing_state, phase, phase_day, sum(n)
        FROM (SELECT org_id, status, filing_state, phase, phase_day, 1 AS n FROM after_rows
              UNION ALL SELECT org_id, status, filing_state, phase, phase_day, -1 FROM before_rows) AS changes
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_inserted AFTER INSERT ON instrument REFERENCING NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_instruments();
CREATE TRIGGER count_updated AFTER UPDATE ON instrument REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_instruments();
CREATE TRIGGER count_deleted AFTER DELETE ON instrument REFERENCING OLD TABLE AS before_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_instruments();
INSERT INTO instrument_count (org_id, status, filing_state, phase, phase_day, n, merged)
SELECT org_id, status, filing_state, phase, phase_day, count(*), true FROM instrument GROUP BY 1, 2, 3, 4, 5;
"""


def upgrade() -> None:
    op.execute(text(f"ALTER TABLE instrument ADD COLUMN phase text NOT NULL GENERATED ALWAYS AS ({PHASE}) STORED,"
                    f" ADD COLUMN phase_day date GENERATED ALWAYS AS ({PHASE_DAY}) STORED"))  # fmt: skip
    op.execute(text("CREATE INDEX instrument_org_id_phase_idx ON instrument (org_id, phase, phase_day, id) WHERE phase <> 'none'"))
    op.execute(text(COUNTERS))
    enable_row_security(op, "instrument_count", "org_id = qj_org()")
    _secure()


def _secure() -> None:
    area = "(qj_institution() IS NULL AND division_code LIKE qj_area() || '%')"
    set_row_security(op, "instrument", f"org_id = qj_org() OR qj_institution() = ANY(participants) OR {area}")
    set_row_security(op, "certificate", f"org_id = qj_org() OR institution_id = qj_institution() OR {area}")
    set_row_security(op, "import", "org_id = qj_org()")


def downgrade() -> None:
    op.execute(text("DROP TRIGGER count_inserted ON instrument; DROP TRIGGER count_updated ON instrument;"
                    " DROP TRIGGER count_deleted ON instrument; DROP FUNCTION count_instruments;"
                    " DROP TABLE instrument_count; ALTER TABLE instrument DROP COLUMN phase, DROP COLUMN phase_day"))  # fmt: skip
