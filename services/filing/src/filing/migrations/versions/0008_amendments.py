"""Amendments of submitted filings: what is being changed, and what each step changed."""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"

UP = """
ALTER TABLE filing ADD COLUMN amendment jsonb;             -- while one is being made
ALTER TABLE step ADD COLUMN changes jsonb NOT NULL DEFAULT '[]';
CREATE INDEX filing_amendment_idx ON filing ((amendment ->> 'begun_at')) WHERE amendment IS NOT NULL;
"""
DOWN = """
ALTER TABLE step DROP COLUMN changes;
ALTER TABLE filing DROP COLUMN amendment;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
