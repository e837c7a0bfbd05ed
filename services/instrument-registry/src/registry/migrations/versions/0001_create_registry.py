"""Tables of the registry: catalog, instruments, imports, certificates, and copies of what others own."""

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

TABLES = """
CREATE TABLE org (                       -- copy of identity's
    id            uuid CONSTRAINT org_pkey PRIMARY KEY,
    name          text NOT NULL,
    division_code text NOT NULL
);
CREATE TABLE institution (               -- copy of identity's
    id            uuid CONSTRAINT institution_pkey PRIMARY KEY,
    name          text NOT NULL,
    tier          text NOT NULL,
    division_code text NOT NULL
);
CREATE TABLE division (                  -- copy of identity's
    code       text CONSTRAINT division_pkey PRIMARY KEY,
    name       text NOT NULL,
    level      text NOT NULL,
    is_leaf    boolean NOT NULL,
    valid_from date,
    valid_to   date
);

CREATE TABLE kind (
    code           text CONSTRAINT kind_pkey PRIMARY KEY,
    category       text NOT NULL,
    name           text NOT NULL,
    supervision    text NOT NULL CONSTRAINT kind_supervision_check CHECK (supervision IN ('P', 'V', 'P+V')),
    mode           text CONSTRAINT kind_mode_check CHECK (mode IN ('periodic', 'first_only', 'first_only_rotation')),
    period_months  int,
    term_months    int,
    purposes       text[] NOT NULL DEFAULT '{}',
    scope_note     text NOT NULL DEFAULT '',
    details_schema text,
    valid_from     date,
    valid_to       date,
    successor      text,
    demo           boolean NOT NULL DEFAULT false,
    verified       jsonb NOT NULL DEFAULT '{}',
    version        text NOT NULL
);

CREATE TABLE instrument (
    id                   uuid CONSTRAINT instrument_pkey PRIMARY KEY,
    org_id               uuid NOT NULL,
    code                 text NOT NULL CONSTRAINT instrument_code_key UNIQUE,     -- 器具码, lifelong and public
    name                 text NOT NULL,
    model                text NOT NULL,
    serial_no            text NOT NULL,
    own_no               text NOT NULL DEFAULT '',
    identity_key         bytea NOT NULL,
    manufacturer         text NOT NULL,
    kind_code            text NOT NULL,
    purpose              text NOT NULL CONSTRAINT instrument_purpose_check CHECK (purpose IN ('safety', 'medical', 'trade', 'environment')),
    division_code        text NOT NULL,
    install_address      text NOT NULL,
    accuracy_class       text NOT NULL DEFAULT '',
    measuring_range      text NOT NULL DEFAULT '',
    resolution           text NOT NULL DEFAULT '',
    made_on              date,
    in_use_on            date,
    origin               text CONSTRAINT instrument_origin_check CHECK (origin IN ('domestic', 'imported')),
    venue                text CONSTRAINT instrument_venue_check CHECK (venue IN ('deliver', 'onsite')),
    department           text NOT NULL DEFAULT '',
    keeper               text NOT NULL DEFAULT '',
    phone                text NOT NULL DEFAULT '',
    type_approval_no     text NOT NULL DEFAULT '',
    last_cert_no         text NOT NULL DEFAULT '',
    last_verified_on     date,
    declared_valid_until date,
    remark               text NOT NULL DEFAULT '',
    details              jsonb NOT NULL DEFAULT '{}',
    status               text NOT NULL DEFAULT 'in_use'
                         CONSTRAINT instrument_status_check CHECK (status IN ('in_use', 'suspended', 'scrapped')),
    version              bigint NOT NULL DEFAULT 1,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    import_id            uuid,
    -- the filing, learned from filing's events
    filing_state         text NOT NULL DEFAULT 'none',
    filing_id            uuid,
    institution_id       uuid,              -- whose turn it is, then the holder
    participants         uuid[] NOT NULL DEFAULT '{}',
    approved_on          date,
    ever_filed           boolean NOT NULL DEFAULT false,   -- approved or certified once: never deleted
    claim_id             uuid,
    claim_until          timestamptz,
    -- the last verification
    result               text CONSTRAINT instrument_result_check CHECK (result IN ('pass', 'fail')),
    result_source        text CONSTRAINT instrument_result_source_check CHECK (result_source IN ('certificate', 'declared')),
    valid_until          date,
    rotate_on            date,
    open_booking_id      uuid,
    CONSTRAINT instrument_org_id_identity_key_key UNIQUE (org_id, identity_key)
);
CREATE INDEX instrument_org_id_idx ON instrument (org_id, id);
CREATE INDEX instrument_org_id_filing_state_idx ON instrument (org_id, filing_state, id);
CREATE INDEX instrument_participants_idx ON instrument USING gin (participants);
CREATE INDEX instrument_division_code_idx ON instrument (division_code text_pattern_ops, id) WHERE filing_state <> 'none';
CREATE INDEX instrument_claim_id_idx ON instrument (claim_id, id) WHERE claim_id IS NOT NULL;
CREATE INDEX instrument_import_id_idx ON instrument (import_id) WHERE import_id IS NOT NULL;

CREATE TABLE history (
    id            bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT history_pkey PRIMARY KEY,
    instrument_id uuid NOT NULL,
    at            timestamptz NOT NULL,
    actor         jsonb NOT NULL,
    kind          text NOT NULL,            -- created, changed, imported, suspended, filing.approved, booking.received, …
    reference     text,                     -- number or id of what it is about
    changes       jsonb NOT NULL DEFAULT '[]',   -- [{field, before, after}]
    reason        text,
    request_id    text NOT NULL DEFAULT ''
);
CREATE INDEX history_instrument_id_idx ON history (instrument_id, id);

CREATE TABLE attachment (
    id            uuid CONSTRAINT attachment_pkey PRIMARY KEY,
    instrument_id uuid NOT NULL CONSTRAINT attachment_instrument_id_fkey REFERENCES instrument ON DELETE CASCADE,
    file          text NOT NULL,
    title         text NOT NULL,
    kind          text NOT NULL,
    size          bigint NOT NULL,
    created_at    timestamptz NOT NULL
);
CREATE INDEX attachment_instrument_id_idx ON attachment (instrument_id);

CREATE TABLE import (                       -- id = the job's
    id       uuid CONSTRAINT import_pkey PRIMARY KEY,
    org_id   uuid NOT NULL,
    file     text NOT NULL,
    title    text NOT NULL,
    sha256   text NOT NULL,
    kind     text NOT NULL,
    mode     text NOT NULL,
    dry_run  boolean NOT NULL,
    checked  boolean NOT NULL DEFAULT false,
    total    int NOT NULL DEFAULT 0,
    valid    int NOT NULL DEFAULT 0,
    invalid  int NOT NULL DEFAULT 0,
    created  int NOT NULL DEFAULT 0,
    updated  int NOT NULL DEFAULT 0,
    skipped  int NOT NULL DEFAULT 0
);
CREATE INDEX import_org_id_idx ON import (org_id, id);
CREATE TABLE import_row (                   -- staging, without row-level security because COPY fills it
    import_id    uuid NOT NULL CONSTRAINT import_row_import_id_fkey REFERENCES import ON DELETE CASCADE,
    row          int NOT NULL,              -- as Excel counts
    identity_key bytea NOT NULL,
    fields       jsonb NOT NULL,
    CONSTRAINT import_row_pkey PRIMARY KEY (import_id, row)
);
CREATE TABLE import_error (
    import_id  uuid NOT NULL CONSTRAINT import_error_import_id_fkey REFERENCES import ON DELETE CASCADE,
    seq        int NOT NULL,
    row        int NOT NULL,
    "column"   text NOT NULL,
    field      text NOT NULL,
    code       text NOT NULL,
    value      text NOT NULL,
    message    text NOT NULL,
    expected   text NOT NULL,
    suggestion text,
    CONSTRAINT import_error_pkey PRIMARY KEY (import_id, seq)
);

CREATE TABLE certificate_counter (
    institution_id uuid NOT NULL,
    year           int NOT NULL,
    last           int NOT NULL,
    CONSTRAINT certificate_counter_pkey PRIMARY KEY (institution_id, year)
);
CREATE TABLE certificate (
    id             uuid CONSTRAINT certificate_pkey PRIMARY KEY,
    number         text NOT NULL CONSTRAINT certificate_number_key UNIQUE,
    public_code    text NOT NULL CONSTRAINT certificate_public_code_key UNIQUE,
    org_id         uuid NOT NULL,
    institution_id uuid NOT NULL,
    instrument_id  uuid NOT NULL,
    booking_id     uuid NOT NULL,
    unit           text NOT NULL,
    kind           text NOT NULL CONSTRAINT certificate_kind_check CHECK (kind IN ('certificate', 'failure_notice')),
    kind_code      text NOT NULL,
    division_code  text NOT NULL,
    verified_on    date NOT NULL,
    valid_until    date,
    rotate_on      date,
    result         jsonb NOT NULL,          -- procedure, persons, standard, fail items, remarks
    snapshot       jsonb NOT NULL,          -- instrument, organisation and institution as they were
    status         text NOT NULL DEFAULT 'in_force'
                   CONSTRAINT certificate_status_check CHECK (status IN ('in_force', 'superseded', 'void')),
    supersedes_id  uuid CONSTRAINT certificate_supersedes_id_fkey REFERENCES certificate,
    issued_at      timestamptz NOT NULL,
    file           text,                    -- the PDF, once it is made; listed only from then on
    CONSTRAINT certificate_booking_id_instrument_id_unit_key UNIQUE (booking_id, instrument_id, unit)
);
CREATE INDEX certificate_org_id_idx ON certificate (org_id, id);
CREATE INDEX certificate_institution_id_idx ON certificate (institution_id, id);
CREATE INDEX certificate_instrument_id_idx ON certificate (instrument_id, id);
CREATE INDEX certificate_division_code_idx ON certificate (division_code text_pattern_ops);
"""


def upgrade() -> None:
    create_chassis_tables(op)
    create_scope_functions(op)
    op.execute(text(TABLES))
    area = "(qj_institution() IS NULL AND division_code LIKE qj_area() || '%')"
    enable_row_security(op, "instrument", f"org_id = qj_org() OR qj_institution() = ANY(participants) OR {area}")
    enable_row_security(op, "certificate", f"org_id = qj_org() OR institution_id = qj_institution() OR {area}")
    enable_row_security(op, "import", "org_id = qj_org()")


def downgrade() -> None:
    for table in ("certificate", "certificate_counter", "import_error", "import_row", "import", "attachment", "history",
                  "instrument", "kind", "division", "institution", "org"):
        op.execute(text(f"DROP TABLE {table}"))
    drop_scope_functions(op)
    drop_chassis_tables(op)
