"""An instrument is told by `instrument.changed` alone: what was kept of the other streams goes, and copies that nobody read."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"

UP = """
ALTER TABLE instrument
    ADD COLUMN approved_version bigint NOT NULL DEFAULT 0,  -- the first of registry's that knows of the approval
    DROP COLUMN declared_valid_until, DROP COLUMN told_result, DROP COLUMN told_valid_until;
ALTER TABLE institution DROP COLUMN capabilities;
DELETE FROM seen_version WHERE kind IN ('validity', 'status', 'approval');
"""
DOWN = """
ALTER TABLE institution ADD COLUMN capabilities jsonb NOT NULL DEFAULT '[]';
ALTER TABLE institution ALTER COLUMN capabilities DROP DEFAULT;
ALTER TABLE instrument
    ADD COLUMN declared_valid_until date, ADD COLUMN told_result text, ADD COLUMN told_valid_until date;
UPDATE instrument SET told_result = result, told_valid_until = valid_until;
ALTER TABLE instrument DROP COLUMN approved_version;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
