"""Copies that nobody read: the catalog's kinds, and what institutions can verify."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"

UP = """
DROP TABLE kind;
ALTER TABLE institution DROP COLUMN capabilities;
"""
DOWN = """
ALTER TABLE institution ADD COLUMN capabilities jsonb NOT NULL DEFAULT '[]';
ALTER TABLE institution ALTER COLUMN capabilities DROP DEFAULT;
CREATE TABLE kind (
    code text CONSTRAINT kind_pkey PRIMARY KEY,
    name text NOT NULL
);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
