"""Days of the calendar that the administrator set: a copy of identity's."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"

UP = """
CREATE TABLE day_change (                -- copy of identity's
    date date CONSTRAINT day_change_pkey PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL
);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE day_change"))
