"""Row-level security asks for the scope once a statement instead of once a row."""

from alembic import op

from chassis.migrations import set_row_security

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    set_row_security(
        op, "filing",
        "org_id = qj_org() OR qj_institution() = ANY(participants)"
        " OR (qj_institution() IS NULL AND division_code LIKE qj_area() || '%')",
    )
    set_row_security(op, "submission", "org_id = qj_org()")


def downgrade() -> None:
    """The rule itself is the same: nothing to take back."""
