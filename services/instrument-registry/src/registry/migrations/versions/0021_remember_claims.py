"""The answer to a claim, kept for a submission that did not hear it and asks again."""

from alembic import op
from sqlalchemy import text

revision = "0021"
down_revision = "0020"

UP = """
CREATE TABLE claim (                       -- only filing asks for it
    submission_id uuid CONSTRAINT claim_pkey PRIMARY KEY,
    claimed       int,
    failed        jsonb NOT NULL DEFAULT '[]',
    made_at       timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE claim"))
