"""Columns and page size of each list, as an account chose them."""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"

UP = """
CREATE TABLE list_choice (
    account_id uuid CONSTRAINT list_choice_account_id_fkey REFERENCES account ON DELETE CASCADE,
    list       text,
    columns    text[] NOT NULL,
    page_size  int NOT NULL,
    CONSTRAINT list_choice_pkey PRIMARY KEY (account_id, list)
);
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text("DROP TABLE list_choice"))
