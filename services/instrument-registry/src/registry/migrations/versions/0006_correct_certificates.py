"""A certificate can be corrected by a new one that names it, or voided; and is found by what stands on it.

An institution that does so changes the applicant's instrument, and with it the counts that only the applicant reads."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"

UP = """
ALTER TABLE certificate DROP CONSTRAINT certificate_booking_id_instrument_id_unit_key;
CREATE UNIQUE INDEX certificate_first_idx ON certificate (booking_id, instrument_id, unit) WHERE supersedes_id IS NULL;
ALTER TABLE certificate ADD CONSTRAINT certificate_supersedes_id_key UNIQUE (supersedes_id);
ALTER TABLE certificate
    ADD COLUMN ended_at timestamptz,        -- corrected or voided
    ADD COLUMN ended_by jsonb,
    ADD COLUMN ended_reason text,
    ADD COLUMN name text GENERATED ALWAYS AS (snapshot->>'name') STORED,
    ADD COLUMN serial_no text GENERATED ALWAYS AS (snapshot->>'serial_no') STORED;
ALTER POLICY scope ON instrument_count WITH CHECK (true);   -- only triggers write there
"""
DOWN = """
ALTER POLICY scope ON instrument_count WITH CHECK (qj_everything() OR org_id = (SELECT qj_org()));
ALTER TABLE certificate DROP COLUMN ended_at, DROP COLUMN ended_by, DROP COLUMN ended_reason, DROP COLUMN name,
    DROP COLUMN serial_no;
ALTER TABLE certificate DROP CONSTRAINT certificate_supersedes_id_key;
DROP INDEX certificate_first_idx;
DELETE FROM certificate WHERE supersedes_id IS NOT NULL;
ALTER TABLE certificate ADD CONSTRAINT certificate_booking_id_instrument_id_unit_key UNIQUE (booking_id, instrument_id, unit);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
