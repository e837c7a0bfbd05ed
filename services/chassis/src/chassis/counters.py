"""Counters that triggers keep as sums of changes: an entry a statement and state, never updated, so that two transactions do
not wait for each other. A schedule merges the entries."""

from sqlalchemy import Table, TextClause, text

from chassis.db import Database


def merge(database: Database, merging: TextClause) -> None:
    """Sum up the changes: an entry a state instead of one for each change. Readers and writers see the same sums
    meanwhile."""
    while True:
        with database.transaction() as db:
            if not db.scalar(merging):
                break


def merging(counts: Table, figures: tuple[str, ...]) -> TextClause:
    """The statement that merges some entries and gives how many. figures: the columns that are summed up."""
    keys = [column for column in counts.c if column.name not in (*figures, "merged")]
    key, nth = ", ".join(k.name for k in keys), ", ".join(str(n) for n in range(1, len(keys) + 1))
    same = " AND ".join(f"c.{k.name} {'IS NOT DISTINCT FROM' if k.nullable else '='} t.{k.name}" for k in keys)
    sums, some = ", ".join(f"sum({f})" for f in figures), " OR ".join(f"sum({f}) <> 0" for f in figures)
    return text(f"""
        WITH touched AS (
            SELECT DISTINCT {key} FROM {counts.name} WHERE NOT merged LIMIT 10000
        ), gone AS (
            DELETE FROM {counts.name} AS c USING touched AS t WHERE {same} RETURNING c.*
        ), sums AS (
            INSERT INTO {counts.name} ({key}, {", ".join(figures)}, merged)
            SELECT {key}, {sums}, true FROM gone GROUP BY {nth} HAVING {some}
        )
        SELECT count(*) FROM touched
    """)  # noqa: S608 (names are ours)
