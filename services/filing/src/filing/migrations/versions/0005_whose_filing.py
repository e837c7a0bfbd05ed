"""Whose a filing is: credit code, contact and phone of the organisation."""

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"

UP = """
ALTER TABLE org ADD COLUMN credit_code text NOT NULL DEFAULT '', ADD COLUMN contact_name text NOT NULL DEFAULT '',
    ADD COLUMN phone text NOT NULL DEFAULT '';
"""
DOWN = "ALTER TABLE org DROP COLUMN credit_code, DROP COLUMN contact_name, DROP COLUMN phone"


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
