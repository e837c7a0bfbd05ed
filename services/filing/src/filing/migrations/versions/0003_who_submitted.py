"""Who made a submission and from where a step was made; a number only for a submission that files something."""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"

UP = """
ALTER TABLE submission ADD COLUMN actor jsonb;             -- null: made before this was kept
ALTER TABLE submission ALTER COLUMN number DROP NOT NULL;
ALTER TABLE step ADD COLUMN address text NOT NULL DEFAULT '', ADD COLUMN request_id text NOT NULL DEFAULT '';
"""
DOWN = """
ALTER TABLE step DROP COLUMN address, DROP COLUMN request_id;
UPDATE submission SET number = 'BA-' || id WHERE number IS NULL;
ALTER TABLE submission ALTER COLUMN number SET NOT NULL;
ALTER TABLE submission DROP COLUMN actor;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
