"""What an applicant was reminded of, so that nobody is told twice."""

from alembic import op
from sqlalchemy import text

revision = "0007"
down_revision = "0006"

UP = """
CREATE TABLE reminder (
    instrument_id uuid NOT NULL CONSTRAINT reminder_instrument_id_fkey REFERENCES instrument ON DELETE CASCADE,
    reason        text NOT NULL,
    due_on        date NOT NULL,
    CONSTRAINT reminder_pkey PRIMARY KEY (instrument_id, reason, due_on)
);
CREATE INDEX reminder_due_on_idx ON reminder (due_on);
CREATE INDEX instrument_phase_day_idx ON instrument (phase, phase_day) WHERE phase IN ('verified', 'unverified');
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE reminder"))
    op.execute(text("DROP INDEX instrument_phase_day_idx"))
