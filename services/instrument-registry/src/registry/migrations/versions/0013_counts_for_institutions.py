"""The counters of instruments count for everyone who has a list of them: the organisation that owns them, and each
institution that had a part in their filing or verification."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import set_row_security

revision = "0013"
down_revision = "0012"

STATE = "status, filing_state, phase, phase_day"
WHOSE = "CROSS JOIN LATERAL unnest({row}.org_id || {row}.participants) AS v(viewer_id)"


def states(rows: str, sign: int, whose: bool) -> str:
    return f"SELECT {'v.viewer_id' if whose else 'org_id'}, {STATE}, {sign} AS n FROM {rows} AS r {WHOSE.format(row='r') if whose else ''}"


def function(whose: bool) -> str:
    column = "viewer_id" if whose else "org_id"

    def count(rows: str) -> str:
        return (
            f"INSERT INTO instrument_count ({column}, {STATE}, n) SELECT {column}, {STATE}, sum(n) FROM ({rows}) AS changes"
            " GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0;"
        )

    after, before = states("after_rows", 1, whose), states("before_rows", -1, whose)
    return f"""
CREATE OR REPLACE FUNCTION count_instruments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {count(after)}
    ELSIF TG_OP = 'DELETE' THEN
        {count(before)}
    ELSE
        {count(f"{after} UNION ALL {before}")}
    END IF;
    RETURN NULL;
END $$;"""


TAKE_PART = f"""
INSERT INTO instrument_count (viewer_id, {STATE}, n, merged)
SELECT v.viewer_id, {STATE}, count(*), true FROM instrument AS i CROSS JOIN LATERAL unnest(i.participants) AS v(viewer_id)
GROUP BY 1, 2, 3, 4, 5;
"""


def upgrade() -> None:
    op.execute(text("ALTER TABLE instrument_count RENAME COLUMN org_id TO viewer_id"))
    op.execute(text("ALTER INDEX instrument_count_org_id_idx RENAME TO instrument_count_viewer_id_idx"))
    op.execute(text(function(whose=True)))
    op.execute(text(TAKE_PART))
    set_row_security(op, "instrument_count", "viewer_id = qj_org() OR viewer_id = qj_institution()")


def downgrade() -> None:
    op.execute(text("DELETE FROM instrument_count AS c WHERE EXISTS (SELECT FROM institution AS i WHERE i.id = c.viewer_id)"))
    op.execute(text("ALTER INDEX instrument_count_viewer_id_idx RENAME TO instrument_count_org_id_idx"))
    op.execute(text("ALTER TABLE instrument_count RENAME COLUMN viewer_id TO org_id"))
    op.execute(text(function(whose=False)))
    set_row_security(op, "instrument_count", "org_id = qj_org()")
