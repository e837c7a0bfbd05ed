"""A table counts the wrong booking numbers of a follower, so that guesses can be limited."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

TABLE = """
CREATE TABLE number_try (
    openid  text CONSTRAINT number_try_pkey PRIMARY KEY,
    tries   int NOT NULL,
    last_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(text(TABLE))


def downgrade() -> None:
    op.execute(text("DROP TABLE number_try"))
