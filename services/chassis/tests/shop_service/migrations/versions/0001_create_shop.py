"""Tables of the shop."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import (
    create_chassis_tables,
    create_scope_functions,
    drop_chassis_tables,
    drop_scope_functions,
    enable_row_security,
)

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_chassis_tables(op)
    create_scope_functions(op)
    op.execute(
        text("""
        CREATE TABLE item (
            id      uuid CONSTRAINT item_pkey PRIMARY KEY,
            org_id  uuid NOT NULL,
            name    text NOT NULL,
            version bigint NOT NULL DEFAULT 1
        );
        CREATE TABLE heard (order_id uuid NOT NULL, amount int NOT NULL, note text NOT NULL DEFAULT '');
        CREATE TABLE price (item_id uuid CONSTRAINT price_pkey PRIMARY KEY, amount int NOT NULL);
        """)
    )
    enable_row_security(op, "item", "org_id = qj_org()")


def downgrade() -> None:
    for table in ("item", "heard", "price"):
        op.execute(text(f"DROP TABLE {table}"))
    drop_scope_functions(op)
    drop_chassis_tables(op)
