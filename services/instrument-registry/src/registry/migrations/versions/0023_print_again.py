"""Certificates that could not be printed: why, and when they were tried. A job that failed told nothing of what it had
printed: that is printed and told anew."""

from alembic import op
from sqlalchemy import text

revision = "0023"
down_revision = "0022"

UP = """
ALTER TABLE certificate ADD COLUMN print_error jsonb, ADD COLUMN print_tried_at timestamptz;
CREATE INDEX certificate_unprinted_idx ON certificate (id) WHERE file IS NULL AND ended_at IS NULL;
UPDATE certificate SET file = NULL WHERE ended_at IS NULL
    AND id IN (SELECT unnest(ids) FROM job WHERE kind = 'certificates' AND state = 'failed');
"""
DOWN = """
DROP INDEX certificate_unprinted_idx;
ALTER TABLE certificate DROP COLUMN print_error, DROP COLUMN print_tried_at;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
