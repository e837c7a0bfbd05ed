"""Corrections and voids of certificates are proposed by one person and confirmed by another."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import enable_row_security

revision = "0020"
down_revision = "0019"

UP = """
CREATE TABLE certificate_change (
    id             uuid CONSTRAINT certificate_change_pkey PRIMARY KEY,
    certificate_id uuid NOT NULL CONSTRAINT certificate_change_certificate_id_fkey REFERENCES certificate,
    institution_id uuid NOT NULL,
    number         text NOT NULL,
    kind           text NOT NULL CONSTRAINT certificate_change_kind_check CHECK (kind IN ('correction', 'void')),
    changes        jsonb NOT NULL,
    reason         text NOT NULL,
    state          text NOT NULL CONSTRAINT certificate_change_state_check CHECK (state IN ('open', 'confirmed', 'declined')),
    proposed_by    jsonb NOT NULL,
    proposed_at    timestamptz NOT NULL,
    decided_by     jsonb,
    decided_at     timestamptz,
    decided_reason text,
    new_number     text              -- of the certificate that a correction made
);
CREATE UNIQUE INDEX certificate_change_one_open_idx ON certificate_change (certificate_id) WHERE state = 'open';
CREATE INDEX certificate_change_institution_id_idx ON certificate_change (institution_id, state, id);
"""


def upgrade() -> None:
    op.execute(text(UP))
    enable_row_security(op, "certificate_change", "institution_id = qj_institution()")


def downgrade() -> None:
    op.execute(text("DROP TABLE certificate_change"))
