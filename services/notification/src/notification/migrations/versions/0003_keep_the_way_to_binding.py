"""A table of states: only our start page leads to the page of 绑定账号. A nonce of a push is stored once."""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"

TABLE = """
CREATE TABLE bind_state (
    state_hash bytea CONSTRAINT bind_state_pkey PRIMARY KEY,
    nonce_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
)
"""


def upgrade() -> None:
    op.execute(text(TABLE))
    op.execute(text("ALTER TABLE wechat_push ADD COLUMN digest bytea"))


def downgrade() -> None:
    op.execute(text("DELETE FROM wechat_push WHERE digest IS NOT NULL"))
    op.execute(text("ALTER TABLE wechat_push DROP COLUMN digest"))
    op.execute(text("DROP TABLE bind_state"))
