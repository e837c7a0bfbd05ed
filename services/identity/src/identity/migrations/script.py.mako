"""${message}"""

from alembic import op
from sqlalchemy import text

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    op.execute(text(""))


def downgrade() -> None:
    op.execute(text(""))
