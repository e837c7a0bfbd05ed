"""Who entered and who signed a result; the areas in which the instruments of a booking are used; since when an
instrument is not verified, and how long each of its units is."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import set_row_security

revision = "0003"
down_revision = "0002"

UP = """
ALTER TABLE result
    ADD COLUMN entered_name text NOT NULL DEFAULT '',
    ADD COLUMN signed_at timestamptz,  -- by the verifier himself
    ADD COLUMN sent_back text;         -- why the checker gave it back
UPDATE result SET entered_name = verifier_name, signed_at = entered_at WHERE entered_by = verifier_id;
UPDATE result SET entered_name = coalesce((SELECT name FROM staff WHERE account_id = entered_by), '')
WHERE entered_by <> verifier_id;
ALTER TABLE instrument
    ADD COLUMN unverified_since date,
    ADD COLUMN unit_validity jsonb NOT NULL DEFAULT '{}';  -- unit that passed -> its last valid day
ALTER TABLE booking
    ADD COLUMN ready_to_check boolean NOT NULL DEFAULT false,
    ADD COLUMN wrong_digits bigint NOT NULL DEFAULT 0,  -- guesses of phone_last4 in the open query
    ADD COLUMN wrong_digits_at timestamptz,
    ADD COLUMN areas text[] NOT NULL DEFAULT '{}';  -- of use: each province, city, county and town of its instruments
UPDATE booking AS b SET areas = coalesce((
    SELECT array_agg(DISTINCT left(i.instrument ->> 'division_code', n))
    FROM booking_item AS i, unnest(ARRAY[2, 4, 6, 9]) AS n
    WHERE i.booking_id = b.id AND length(i.instrument ->> 'division_code') >= n), '{}');
CREATE INDEX booking_areas_idx ON booking USING gin (areas);
"""


def upgrade() -> None:
    op.execute(text(UP))
    _scope("areas @> ARRAY[qj_area()]")


def downgrade() -> None:
    _scope("division_code LIKE qj_area() || '%'")
    op.execute(text("DROP INDEX booking_areas_idx"))
    op.execute(text("ALTER TABLE instrument DROP COLUMN unverified_since, DROP COLUMN unit_validity"))
    op.execute(text("ALTER TABLE booking DROP COLUMN ready_to_check, DROP COLUMN areas,"
                    " DROP COLUMN wrong_digits, DROP COLUMN wrong_digits_at"))
    op.execute(text("ALTER TABLE result DROP COLUMN entered_name, DROP COLUMN signed_at, DROP COLUMN sent_back"))


def _scope(area: str) -> None:
    rule = f"org_id = qj_org() OR institution_id = qj_institution() OR (qj_institution() IS NULL AND {area})"
    set_row_security(op, "booking", rule)
