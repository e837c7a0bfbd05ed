"""The counters of supervision stand ready for each area that somebody looks at: the whole, province, city, county and town.

By division, kind, institution and day alone, a province of ten million has some two million entries, and every figure of
it would add them up. Each change is now counted for every area that it lies in: for all kinds and institutions together,
for its kind, for its institution, and (in its own division only) for both."""

from collections.abc import Callable

from alembic import op
from sqlalchemy import text

revision = "0014"
down_revision = "0013"

NOBODY, ALL = "'00000000-0000-0000-0000-000000000000'::uuid", "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid"
OWN_KEY = "division_code, kind_code, institution_id"
AREA_KEY = "area, leaf, kind_code, institution_id"
STATE = "status, filing_state, phase, phase_day"
FIGURES = "verified, passed, first, first_passed, due, on_time, days, filed"
TABLES = f"""
-- kind_code '' and institution_id {ALL}: all of them together.
CREATE FUNCTION areas_counted(division text, kind text, holder uuid)
    RETURNS TABLE (area text, leaf boolean, kind_code text, institution_id uuid) LANGUAGE sql IMMUTABLE AS $$
    SELECT division, true, kind, holder
    UNION ALL SELECT division, true, '', {ALL}
    UNION ALL SELECT a, false, w.kind_code, w.institution_id
    FROM (SELECT DISTINCT left(division, n) FROM unnest(ARRAY[0, 2, 4, 6]) AS n WHERE n < length(division)) AS above(a),
         (VALUES ('', {ALL}), (kind, {ALL}), ('', holder)) AS w(kind_code, institution_id)
$$;
ALTER TABLE supervision_count RENAME COLUMN division_code TO area;
ALTER TABLE supervision_count ADD COLUMN leaf boolean NOT NULL DEFAULT true;    -- the area is a division of instruments itself
ALTER TABLE supervision_count ALTER leaf DROP DEFAULT;
ALTER TABLE verification_count RENAME COLUMN division_code TO area;
ALTER TABLE verification_count ADD COLUMN leaf boolean NOT NULL DEFAULT true;
ALTER TABLE verification_count ALTER leaf DROP DEFAULT;
DROP INDEX supervision_count_division_code_idx, supervision_count_unmerged_idx;
DROP INDEX verification_count_division_code_idx, verification_count_unmerged_idx;
"""
INDEXES = """
CREATE INDEX supervision_count_area_idx ON supervision_count (area text_pattern_ops, kind_code, institution_id)
    INCLUDE (leaf, status, filing_state, phase, phase_day, n);
CREATE INDEX supervision_count_unmerged_idx ON supervision_count (area) WHERE NOT merged;
CREATE INDEX verification_count_area_idx ON verification_count (area text_pattern_ops, kind_code, institution_id, month);
CREATE INDEX verification_count_unmerged_idx ON verification_count (area) WHERE NOT merged;
"""


def sums(names: str) -> str:
    return ", ".join(f"sum({name})" for name in names.split(", "))


def some(names: str) -> str:
    return " OR ".join(f"sum({name}) <> 0" for name in names.split(", "))


def count(table: str, rows: str, state: str, figures: str, merged: bool = False) -> str:
    """rows: OWN_KEY, `state` and `figures` of each change. Summed up before they are spread over the areas, and after."""
    once = f"SELECT {OWN_KEY}, {state}, {listed(figures)} FROM ({rows}) AS changes GROUP BY {OWN_KEY}, {state} HAVING {some(figures)}"
    return (
        f"INSERT INTO {table} ({AREA_KEY}, {state}, {figures}, merged)"
        f" SELECT a.area, a.leaf, a.kind_code, a.institution_id, {state}, {sums(figures)}, {merged} FROM ({once}) AS c"
        " CROSS JOIN LATERAL areas_counted(c.division_code, c.kind_code, c.institution_id) AS a"
        f" GROUP BY 1, 2, 3, 4, {state} HAVING {some(figures)};"
    )


def listed(figures: str) -> str:
    return ", ".join(f"sum({name}) AS {name}" for name in figures.split(", "))


def states(rows: str, sign: int) -> str:
    return (
        f"SELECT division_code, kind_code, coalesce(institution_id, {NOBODY}) AS institution_id, {STATE}, {sign} AS n FROM {rows}"
    )


def entries(rows: str, sign: int) -> str:
    """What verifications add (or, by the sign, take away): in the month in which they took place, and in that in which
    they were due."""
    key = f"SELECT {OWN_KEY}, date_trunc('month', {{day}})::date AS month"
    done = f"{sign} AS verified, {sign} * passed::int AS passed, {sign} * first::int AS first, {sign} * (first AND passed)::int AS first_passed"
    days = f"{sign} * coalesce(days, 0) AS days, {sign} * (days IS NOT NULL)::int AS filed"
    return (
        f"{key.format(day='verified_on')}, {done}, 0 AS due, 0 AS on_time, {days} FROM {rows}"
        f" UNION ALL {key.format(day='due_on')}, 0, 0, 0, 0, {sign}, {sign} * (verified_on <= due_on)::int, 0, 0"
        f" FROM {rows} WHERE due_on IS NOT NULL"
    )


def function(name: str, made: str, gone: str, changed: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {made}
    ELSIF TG_OP = 'DELETE' THEN
        {gone}
    ELSE
        {changed}
    END IF;
    RETURN NULL;
END $$;"""


def both(of: Callable[[str, int], str]) -> tuple[str, str, str]:
    after, before = of("after_rows", 1), of("before_rows", -1)
    return after, before, f"{after} UNION ALL {before}"


UP = "\n".join((
    TABLES,
    "TRUNCATE supervision_count, verification_count;",
    count("supervision_count", states("instrument", 1), STATE, "n", merged=True),
    count("verification_count", entries("verification", 1), "month", FIGURES, merged=True),
    INDEXES,
    function("count_supervised", *(count("supervision_count", rows, STATE, "n") for rows in both(states))),
    function("count_verifications", *(count("verification_count", rows, "month", FIGURES) for rows in both(entries))),
))  # fmt: skip


def plainly(table: str, rows: str, state: str, figures: str) -> str:
    """As migration 0005 has it."""
    return (
        f"INSERT INTO {table} ({OWN_KEY}, {state}, {figures}) SELECT {OWN_KEY}, {state}, {sums(figures)} FROM ({rows}) AS changes"
        f" GROUP BY {OWN_KEY}, {state} HAVING {some(figures)};"
    )


DOWN = "\n".join((
    "DELETE FROM supervision_count WHERE NOT leaf OR kind_code = '';",
    "DELETE FROM verification_count WHERE NOT leaf OR kind_code = '';",
    "DROP INDEX supervision_count_area_idx, supervision_count_unmerged_idx, verification_count_area_idx, verification_count_unmerged_idx;",
    "ALTER TABLE supervision_count DROP COLUMN leaf; ALTER TABLE supervision_count RENAME COLUMN area TO division_code;",
    "ALTER TABLE verification_count DROP COLUMN leaf; ALTER TABLE verification_count RENAME COLUMN area TO division_code;",
    "CREATE INDEX supervision_count_division_code_idx ON supervision_count (division_code text_pattern_ops)"
    " INCLUDE (kind_code, institution_id, status, filing_state, phase, phase_day, n);",
    "CREATE INDEX supervision_count_unmerged_idx ON supervision_count (division_code) WHERE NOT merged;",
    "CREATE INDEX verification_count_division_code_idx ON verification_count (division_code text_pattern_ops, month);",
    "CREATE INDEX verification_count_unmerged_idx ON verification_count (division_code) WHERE NOT merged;",
    function("count_supervised", *(plainly("supervision_count", rows, STATE, "n") for rows in both(states))),
    function("count_verifications", *(plainly("verification_count", rows, "month", FIGURES) for rows in both(entries))),
    "DROP FUNCTION areas_counted;",
))  # fmt: skip


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
