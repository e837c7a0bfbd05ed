"""What supervision asks, by area, kind and institution: how many instruments are in a state, and month by month what
was verified, how and when. Kept like `instrument_count`: sums of changes, appended in the transaction of each change.

Both are figures of no organisation, so they carry no org_id; the queries narrow them to the area."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import enable_row_security

revision = "0005"
down_revision = "0004"

NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
KEY = "division_code, kind_code, institution_id, status, filing_state, phase, phase_day"
STATE = KEY.replace("institution_id", f"coalesce(institution_id, {NOBODY}) AS institution_id")
FIGURES = "verified, passed, first, first_passed, due, on_time, days, filed"
TABLES = f"""
CREATE TABLE supervision_count (
    division_code  text NOT NULL,
    kind_code      text NOT NULL,
    institution_id uuid NOT NULL,          -- zeros: none
    status         text NOT NULL,
    filing_state   text NOT NULL,
    phase          text NOT NULL,
    phase_day      date,
    n              bigint NOT NULL,
    merged         boolean NOT NULL DEFAULT false
);
CREATE INDEX supervision_count_division_code_idx ON supervision_count (division_code text_pattern_ops)
    INCLUDE (kind_code, institution_id, status, filing_state, phase, phase_day, n);
CREATE INDEX supervision_count_unmerged_idx ON supervision_count (division_code) WHERE NOT merged;

CREATE TABLE verification (                -- one instrument in one completed booking, all its units together
    booking_id     uuid NOT NULL,
    instrument_id  uuid NOT NULL,
    org_id         uuid NOT NULL,
    institution_id uuid NOT NULL,
    division_code  text NOT NULL,
    kind_code      text NOT NULL,
    verified_on    date NOT NULL,
    passed         boolean NOT NULL,       -- all its units
    first          boolean NOT NULL,       -- the first one of its round: the one before was no fail
    due_on         date,                   -- the last day on which it was in time, where there was one
    days           int,                    -- from the filing to the certificate, for the first one after it
    CONSTRAINT verification_pkey PRIMARY KEY (booking_id, instrument_id)
);
CREATE INDEX verification_instrument_id_idx ON verification (instrument_id);

CREATE TABLE verification_count (
    division_code  text NOT NULL,
    kind_code      text NOT NULL,
    institution_id uuid NOT NULL,
    month          date NOT NULL,          -- its first day
    verified       bigint NOT NULL,
    passed         bigint NOT NULL,
    first          bigint NOT NULL,
    first_passed   bigint NOT NULL,
    due            bigint NOT NULL,        -- verifications that were due in the month, whenever they took place
    on_time        bigint NOT NULL,        -- those of them that were in time
    days           bigint NOT NULL,        -- the sum over `filed`
    filed          bigint NOT NULL,
    merged         boolean NOT NULL DEFAULT false
);
CREATE INDEX verification_count_division_code_idx ON verification_count (division_code text_pattern_ops, month);
CREATE INDEX verification_count_unmerged_idx ON verification_count (division_code) WHERE NOT merged;
"""


def states(rows: str, sign: int) -> str:
    return f"SELECT {STATE}, {sign} AS n FROM {rows}"


def count_states(rows: str, merged: bool = False) -> str:
    return (
        f"INSERT INTO supervision_count ({KEY}, n, merged) SELECT {KEY}, sum(n), {merged} FROM ({rows}) AS changes"
        " GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(n) <> 0;"
    )


def entries(rows: str, sign: int) -> str:
    """What verifications add (or, by the sign, take away): in the month in which they took place, and in that in which
    they were due."""
    key = "SELECT division_code, kind_code, institution_id, date_trunc('month', {day})::date AS month"
    done = f"{sign} AS verified, {sign} * passed::int AS passed, {sign} * first::int AS first, {sign} * (first AND passed)::int AS first_passed"
    days = f"{sign} * coalesce(days, 0) AS days, {sign} * (days IS NOT NULL)::int AS filed"
    return (
        f"{key.format(day='verified_on')}, {done}, 0 AS due, 0 AS on_time, {days} FROM {rows}"
        f" UNION ALL {key.format(day='due_on')}, 0, 0, 0, 0, {sign}, {sign} * (verified_on <= due_on)::int, 0, 0"
        f" FROM {rows} WHERE due_on IS NOT NULL"
    )


def count_entries(rows: str, merged: bool = False) -> str:
    sums = ", ".join(f"sum({name})" for name in FIGURES.split(", "))
    some = " OR ".join(f"sum({name}) <> 0" for name in FIGURES.split(", "))
    return (
        f"INSERT INTO verification_count (division_code, kind_code, institution_id, month, {FIGURES}, merged)"
        f" SELECT division_code, kind_code, institution_id, month, {sums}, {merged} FROM ({rows}) AS changes"
        f" GROUP BY 1, 2, 3, 4 HAVING {some};"
    )


TRIGGERS = f"""
CREATE FUNCTION count_supervised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {count_states(states("after_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN
        {count_states(states("before_rows", -1))}
    ELSE
        {count_states(states("after_rows", 1) + " UNION ALL " + states("before_rows", -1))}
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION count_verifications() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {count_entries(entries("after_rows", 1))}
    ELSIF TG_OP = 'DELETE' THEN
        {count_entries(entries("before_rows", -1))}
    ELSE
        {count_entries(entries("after_rows", 1) + " UNION ALL " + entries("before_rows", -1))}
    END IF;
    RETURN NULL;
END $$;
"""
# the verifications of before: rounds and persons are known from the certificates, what was due is not
BACKFILL = f"""
{count_states(states("instrument", 1), merged=True)}
INSERT INTO verification (booking_id, instrument_id, org_id, institution_id, division_code, kind_code, verified_on, passed, first)
SELECT booking_id, instrument_id, org_id, institution_id, division_code, kind_code, verified_on, passed,
       coalesce(lag(passed) OVER (PARTITION BY instrument_id ORDER BY verified_on, booking_id), true)
FROM (SELECT booking_id, instrument_id, (array_agg(org_id))[1] AS org_id, (array_agg(institution_id))[1] AS institution_id,
             min(division_code) AS division_code, min(kind_code) AS kind_code, max(verified_on) AS verified_on,
             bool_and(kind = 'certificate') AS passed
      FROM certificate WHERE status <> 'void' GROUP BY 1, 2) AS held;
{count_entries(entries("verification", 1), merged=True)}
"""


def upgrade() -> None:
    op.execute(text(TABLES))
    op.execute(text(TRIGGERS))
    op.execute(text(BACKFILL))
    for table, function in (("instrument", "count_supervised"), ("verification", "count_verifications")):
        for event, rows in (
            ("INSERT", "NEW TABLE AS after_rows"),
            ("UPDATE", "OLD TABLE AS before_rows NEW TABLE AS after_rows"),
            ("DELETE", "OLD TABLE AS before_rows"),
        ):
            op.execute(text(f"CREATE TRIGGER {function}_{event.lower()} AFTER {event} ON {table} REFERENCING {rows}"
                            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"))  # fmt: skip
    area = "(qj_institution() IS NULL AND division_code LIKE qj_area() || '%')"
    enable_row_security(op, "verification", f"org_id = qj_org() OR institution_id = qj_institution() OR {area}")


def downgrade() -> None:
    for event in ("insert", "update", "delete"):
        op.execute(text(f"DROP TRIGGER count_supervised_{event} ON instrument"))
    for table in ("verification_count", "verification", "supervision_count"):
        op.execute(text(f"DROP TABLE {table}"))
    op.execute(text("DROP FUNCTION count_supervised; DROP FUNCTION count_verifications"))
