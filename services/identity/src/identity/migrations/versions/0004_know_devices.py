"""From which devices an account was signed in to: a new one is told to its owner."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"

TABLE = """
CREATE TABLE known_device (
    account_id  uuid NOT NULL CONSTRAINT known_device_account_id_fkey REFERENCES account ON DELETE CASCADE,
    device_hash bytea NOT NULL,
    name        text NOT NULL,
    first_at    timestamptz NOT NULL,
    last_at     timestamptz NOT NULL,
    CONSTRAINT known_device_pkey PRIMARY KEY (account_id, device_hash)
)
"""


def upgrade() -> None:
    op.execute(text(TABLE))


def downgrade() -> None:
    op.execute(text("DROP TABLE known_device"))
