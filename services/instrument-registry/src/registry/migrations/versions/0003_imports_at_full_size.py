"""Imports of 100,000 rows: staged rows have the columns of the ledger and their ids already, so that a chunk is one
INSERT ... SELECT. What an import was told of its headers, and errors in English, stand beside it.

A job that is under way staged its rows the old way: it judges its file once more (what it wrote counts as skipped)."""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"

TEXTS = ("name", "model", "serial_no", "own_no", "manufacturer", "kind_code", "purpose", "division_code", "install_address",
         "accuracy_class", "measuring_range", "resolution", "origin", "venue", "department", "keeper", "phone",
         "type_approval_no", "last_cert_no", "remark")  # fmt: skip
DATES = ("made_on", "in_use_on", "last_verified_on", "declared_valid_until")
STAGED = {"id": "uuid", "code": "text"} | dict.fromkeys(TEXTS, "text") | dict.fromkeys(DATES, "date")
AGAIN = """
    UPDATE import SET checked = false FROM job WHERE job.id = import.id AND job.state IN ('queued', 'running');
    DELETE FROM import_row;
"""


def upgrade() -> None:
    added = ", ".join(f"ADD COLUMN {name} {kind}" for name, kind in STAGED.items())
    op.execute(text(f"ALTER TABLE import_row ALTER COLUMN fields DROP NOT NULL, {added}"))
    op.execute(text("ALTER TABLE import ADD COLUMN mapping jsonb NOT NULL DEFAULT '{}', ADD COLUMN headers jsonb"))
    op.execute(text("ALTER TABLE import_error ADD COLUMN message_en text NOT NULL DEFAULT ''"))
    op.execute(text(AGAIN))


def downgrade() -> None:
    op.execute(text(AGAIN))
    dropped = ", ".join(f"DROP COLUMN {name}" for name in STAGED)
    op.execute(text(f"ALTER TABLE import_row ALTER COLUMN fields SET NOT NULL, {dropped}"))
    op.execute(text("ALTER TABLE import DROP COLUMN mapping, DROP COLUMN headers"))
    op.execute(text("ALTER TABLE import_error DROP COLUMN message_en"))
