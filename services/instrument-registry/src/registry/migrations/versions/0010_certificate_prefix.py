"""Where two institutions have the same division, the numbers of the second one's certificates begin otherwise."""

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"

UP = """
CREATE TABLE certificate_prefix (
    institution_id uuid CONSTRAINT certificate_prefix_pkey PRIMARY KEY,
    prefix         text NOT NULL CONSTRAINT certificate_prefix_prefix_key UNIQUE   -- 440100, 440100B, 440100C …
);
INSERT INTO certificate_prefix (institution_id, prefix)
SELECT DISTINCT ON (institution_id) institution_id, split_part(number, '-', 1) FROM certificate ORDER BY institution_id, id;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE certificate_prefix"))
