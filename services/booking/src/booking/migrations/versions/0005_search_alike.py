"""The search looks at the same of an instrument everywhere, the address and the maker too, in any width."""

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"

UP = """
UPDATE instrument SET search = lower(normalize(concat_ws(E'\\n', name, model, serial_no, own_no, install_address, manufacturer), NFKC));
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    """The release before finds a part of it as well."""
