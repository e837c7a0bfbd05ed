"""An instrument is verified only when each of its measuring units is: since when it is not, which units changed, and how
long each stands. One that lost its verification counts as unverified from that day, not from its approval.

A generated column cannot be given another rule (PostgreSQL 15): both are made anew, with the indexes that hold them."""

from alembic import op
from sqlalchemy import text

revision = "0019"
down_revision = "0018"

LIVE = "status = 'in_use' AND filing_state = 'approved' AND approved_on IS NOT NULL"
PHASE = f"""
    CASE WHEN NOT ({LIVE}) THEN 'none'
         WHEN result = 'fail' THEN 'failed'
         WHEN result = 'pass' AND valid_until IS NULL AND rotate_on IS NULL THEN 'no_expiry'
         WHEN result = 'pass' AND valid_until IS NULL THEN 'rotation'
         WHEN result = 'pass' AND approved_on <= valid_until THEN 'verified'
         ELSE 'unverified' END"""
PHASE_DAY = """
    CASE WHEN NOT ({live}) OR result = 'fail' THEN NULL
         WHEN result = 'pass' AND valid_until IS NULL THEN rotate_on
         WHEN result = 'pass' AND approved_on <= valid_until THEN valid_until
         ELSE {unverified} END"""
INDEXES = """
CREATE INDEX instrument_org_id_phase_idx ON instrument (org_id, phase, phase_day, id) WHERE phase <> 'none';
CREATE INDEX instrument_phase_day_idx ON instrument (phase, phase_day) WHERE phase IN ('verified', 'unverified');
"""


def upgrade() -> None:
    op.execute(text("""
        ALTER TABLE instrument
            ADD COLUMN unverified_since date,                     -- when units changed, or a certificate was voided
            ADD COLUMN units_changed jsonb NOT NULL DEFAULT '{}', -- unit -> when; certificates from before do not count
            ADD COLUMN unit_validity jsonb NOT NULL DEFAULT '{}'  -- unit that passed -> its last valid day, or null
    """))  # fmt: skip
    _derive("greatest(approved_on, unverified_since)")


def downgrade() -> None:
    _derive("approved_on")
    op.execute(text("ALTER TABLE instrument DROP COLUMN unverified_since, DROP COLUMN units_changed,"
                    " DROP COLUMN unit_validity"))  # fmt: skip


def _derive(unverified: str) -> None:
    day = PHASE_DAY.format(live=LIVE, unverified=unverified)
    op.execute(text(f"ALTER TABLE instrument DROP COLUMN phase, DROP COLUMN phase_day,"
                    f" ADD COLUMN phase text NOT NULL GENERATED ALWAYS AS ({PHASE}) STORED,"
                    f" ADD COLUMN phase_day date GENERATED ALWAYS AS ({day}) STORED"))  # fmt: skip
    op.execute(text(INDEXES))
