"""Room on each page of the ledger, so that a change of what no index holds (a department, a version, a booking) stays on
its page and touches no index."""

from alembic import op
from sqlalchemy import text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute(text("ALTER TABLE instrument SET (fillfactor = 90)"))


def downgrade() -> None:
    op.execute(text("ALTER TABLE instrument RESET (fillfactor)"))
