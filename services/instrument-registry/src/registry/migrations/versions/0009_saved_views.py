"""Lists as an account likes to see them: filter, columns and order under a name."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"

UP = """
CREATE TABLE saved_view (                  -- of an account, and so of no organisation
    id         uuid CONSTRAINT saved_view_pkey PRIMARY KEY,
    account_id uuid NOT NULL,
    list       text NOT NULL,              -- instruments or certificates
    name       text NOT NULL,
    filter     jsonb NOT NULL,
    columns    text[] NOT NULL,
    sort       text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT saved_view_account_id_list_name_key UNIQUE (account_id, list, name)
);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE saved_view"))
