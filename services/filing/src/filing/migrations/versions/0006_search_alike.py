"""The search looks at the same of an instrument everywhere, the address and the maker too, in any width."""

from alembic import op
from sqlalchemy import text

revision = "0006"
down_revision = "0005"

UP = """
UPDATE filing SET search = lower(normalize(concat_ws(E'\\n', snapshot ->> 'name', snapshot ->> 'model', snapshot ->> 'serial_no', snapshot ->> 'own_no', snapshot ->> 'install_address', snapshot ->> 'manufacturer'), NFKC));
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    """The release before finds a part of it as well."""
