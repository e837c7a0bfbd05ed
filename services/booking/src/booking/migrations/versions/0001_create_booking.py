"""Tables of booking: calendars, slots, bookings with their items and results, and copies of what others own."""

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

COPIES = """
CREATE TABLE org (                       -- copy of identity's
    id            uuid CONSTRAINT org_pkey PRIMARY KEY,
    name          text NOT NULL,
    division_code text NOT NULL,
    phone_last4   text NOT NULL          -- all that the open query by number needs of it
);
CREATE TABLE institution (               -- copy of identity's
    id            uuid CONSTRAINT institution_pkey PRIMARY KEY,
    name          text NOT NULL,
    tier          text NOT NULL,
    division_code text NOT NULL,
    active        boolean NOT NULL,
    capabilities  jsonb NOT NULL
);
CREATE TABLE staff (                     -- copy of identity's accounts of institutions
    account_id     uuid CONSTRAINT staff_pkey PRIMARY KEY,
    institution_id uuid NOT NULL,
    username       text NOT NULL,
    name           text NOT NULL,
    roles          text[] NOT NULL,
    active         boolean NOT NULL
);
CREATE INDEX staff_institution_id_idx ON staff (institution_id, username);
CREATE TABLE kind (                      -- copy of registry's
    code          text CONSTRAINT kind_pkey PRIMARY KEY,
    name          text NOT NULL,
    mode          text,
    period_months bigint,
    term_months   bigint
);
CREATE TABLE instrument (                -- copy of registry's facts and of filing's decision
    instrument_id        uuid CONSTRAINT instrument_pkey PRIMARY KEY,
    org_id               uuid NOT NULL,
    institution_id       uuid,                     -- the holder, once approved
    name                 text NOT NULL DEFAULT '',
    model                text NOT NULL DEFAULT '',
    serial_no            text NOT NULL DEFAULT '',
    own_no               text NOT NULL DEFAULT '',
    manufacturer         text NOT NULL DEFAULT '',
    kind_code            text NOT NULL DEFAULT '',
    purpose              text NOT NULL DEFAULT '',
    division_code        text NOT NULL DEFAULT '',
    install_address      text NOT NULL DEFAULT '',
    venue                text,
    units                text[] NOT NULL DEFAULT '{}',
    search               text NOT NULL DEFAULT '', -- name, model and numbers, casefolded
    status               text NOT NULL DEFAULT 'in_use'
                         CONSTRAINT instrument_status_check CHECK (status IN ('in_use', 'suspended', 'scrapped')),
    filing_state         text NOT NULL DEFAULT 'none',
    approved_on          date,
    declared_valid_until date,                     -- confirmed by the approval
    told_result          text,                     -- what registry told last
    told_valid_until     date,
    result               text,                     -- what counts: the told one, else a declared pass
    valid_until          date,
    rotate_on            date,
    version              bigint NOT NULL DEFAULT 0 -- the newest version of registry's that was heard of
);
CREATE INDEX instrument_org_id_idx ON instrument (org_id, instrument_id) WHERE filing_state = 'approved';
"""

TABLES = """
CREATE TABLE calendar_day (              -- an institution's overrides of the default calendar
    institution_id uuid NOT NULL,
    mode           text NOT NULL CONSTRAINT calendar_day_mode_check CHECK (mode IN ('deliver', 'onsite')),
    date           date NOT NULL,
    capacity_am    bigint NOT NULL CONSTRAINT calendar_day_capacity_am_check CHECK (capacity_am >= 0),
    capacity_pm    bigint NOT NULL CONSTRAINT calendar_day_capacity_pm_check CHECK (capacity_pm >= 0),
    closed         boolean NOT NULL,
    CONSTRAINT calendar_day_pkey PRIMARY KEY (institution_id, mode, date)
);
CREATE TABLE slot (                      -- made on demand
    institution_id uuid NOT NULL,
    mode           text NOT NULL,
    date           date NOT NULL,
    period         text NOT NULL CONSTRAINT slot_period_check CHECK (period IN ('am', 'pm')),
    capacity       bigint NOT NULL,
    taken          bigint NOT NULL DEFAULT 0,
    CONSTRAINT slot_pkey PRIMARY KEY (institution_id, mode, date, period),
    CONSTRAINT slot_taken_check CHECK (taken >= 0 AND taken <= capacity)
);

CREATE TABLE booking (
    id              uuid CONSTRAINT booking_pkey PRIMARY KEY,
    number          text NOT NULL CONSTRAINT booking_number_key UNIQUE,
    org_id          uuid NOT NULL,
    institution_id  uuid NOT NULL,
    division_code   text NOT NULL,       -- of the applicant, for the supervisors of its area
    mode            text NOT NULL CONSTRAINT booking_mode_check CHECK (mode IN ('deliver', 'onsite')),
    date            date NOT NULL,
    period          text NOT NULL CONSTRAINT booking_period_check CHECK (period IN ('am', 'pm')),
    state           text NOT NULL CONSTRAINT booking_state_check CHECK (state IN ('pending', 'confirmed', 'rejected',
                    'cancelled', 'received', 'in_progress', 'completed', 'returned', 'no_show')),
    address         text,
    contact         jsonb,
    phone_last4     text NOT NULL,
    reason          text,
    proposed_date   date,                -- another date that one side proposed
    proposed_period text,
    proposed_by     text CONSTRAINT booking_proposed_by_check CHECK (proposed_by IN ('applicant', 'institution')),
    created_at      timestamptz NOT NULL,
    version         bigint NOT NULL
);
CREATE INDEX booking_org_id_idx ON booking (org_id, id);
CREATE INDEX booking_institution_id_idx ON booking (institution_id, state, date, period, id);
CREATE INDEX booking_division_code_idx ON booking (division_code text_pattern_ops, id);

CREATE TABLE booking_item (
    booking_id    uuid NOT NULL CONSTRAINT booking_item_booking_id_fkey REFERENCES booking,
    instrument_id uuid NOT NULL CONSTRAINT booking_item_instrument_id_fkey REFERENCES instrument,
    position      bigint NOT NULL,
    state         text NOT NULL CONSTRAINT booking_item_state_check CHECK (state IN ('booked', 'received', 'returned',
                  'verified', 'cancelled', 'no_show')),
    conclusion    text CONSTRAINT booking_item_conclusion_check CHECK (conclusion IN ('pass', 'fail')),
    received_on   date,
    reason        text,
    instrument    jsonb NOT NULL,        -- as it was when booked
    CONSTRAINT booking_item_pkey PRIMARY KEY (booking_id, instrument_id)
);
CREATE UNIQUE INDEX booking_item_one_open_idx ON booking_item (instrument_id) WHERE state IN ('booked', 'received');
CREATE INDEX booking_item_instrument_id_idx ON booking_item (instrument_id);

CREATE TABLE result (
    booking_id    uuid NOT NULL,
    instrument_id uuid NOT NULL,
    unit          text NOT NULL,         -- '' for an instrument that is one unit
    conclusion    text NOT NULL CONSTRAINT result_conclusion_check CHECK (conclusion IN ('pass', 'fail')),
    verified_on   date NOT NULL,
    procedure     text NOT NULL,
    verifier      text NOT NULL,
    verifier_id   uuid NOT NULL,
    verifier_name text NOT NULL,
    checker       text NOT NULL,
    checker_id    uuid NOT NULL,
    checker_name  text NOT NULL,
    standard      text,
    fail_items    text,
    valid_until   date,
    remarks       text,
    entered_by    uuid NOT NULL,
    entered_at    timestamptz NOT NULL,
    CONSTRAINT result_pkey PRIMARY KEY (booking_id, instrument_id, unit),
    CONSTRAINT result_item_fkey FOREIGN KEY (booking_id, instrument_id) REFERENCES booking_item,
    CONSTRAINT result_two_persons_check CHECK (verifier_id <> checker_id)
);
CREATE TABLE item_certificate (          -- numbers of what registry issued
    booking_id    uuid NOT NULL,
    instrument_id uuid NOT NULL,
    unit          text NOT NULL,
    number        text NOT NULL,
    version       bigint NOT NULL,       -- of the instrument, when it was issued
    CONSTRAINT item_certificate_pkey PRIMARY KEY (booking_id, instrument_id, unit)
);
CREATE TABLE step (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT step_pkey PRIMARY KEY,
    booking_id uuid NOT NULL CONSTRAINT step_booking_id_fkey REFERENCES booking,
    at         timestamptz NOT NULL,
    actor      jsonb NOT NULL,
    move       text NOT NULL,
    from_state text,
    to_state   text NOT NULL,
    reason     text,
    detail     jsonb NOT NULL DEFAULT '{}'  -- the instruments concerned, the date proposed
);
CREATE INDEX step_booking_id_idx ON step (booking_id, id);
CREATE TABLE pending_item (              -- 待处理列表, an account's own
    account_id    uuid NOT NULL,
    instrument_id uuid NOT NULL CONSTRAINT pending_item_instrument_id_fkey REFERENCES instrument,
    added_at      timestamptz NOT NULL,
    CONSTRAINT pending_item_pkey PRIMARY KEY (account_id, instrument_id)
);
"""


def upgrade() -> None:
    create_chassis_tables(op)
    create_scope_functions(op)
    op.execute(text(COPIES))
    op.execute(text(TABLES))
    enable_row_security(
        op, "booking",
        "org_id = qj_org() OR institution_id = qj_institution()"
        " OR (qj_institution() IS NULL AND division_code LIKE qj_area() || '%')",
    )
    enable_row_security(op, "instrument", "org_id = qj_org() OR institution_id = qj_institution()")


def downgrade() -> None:
    for table in ("pending_item", "step", "item_certificate", "result", "booking_item", "booking", "slot",
                  "calendar_day", "instrument", "kind", "staff", "institution", "org"):
        op.execute(text(f"DROP TABLE {table}"))
    drop_scope_functions(op)
    drop_chassis_tables(op)
