"""Days of the calendar that the administrator set: of a year that is not arranged yet, or changed since."""

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"

UP = """
CREATE TABLE day_change (
    date    date CONSTRAINT day_change_pkey PRIMARY KEY,
    kind    text CONSTRAINT day_change_kind_check CHECK (kind IN ('off', 'working')),  -- null: as the calendar says
    name    text NOT NULL,
    version bigint NOT NULL
);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE day_change"))
