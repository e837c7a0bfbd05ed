"""Tables of filing: filings, their steps, and copies of what others own."""

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
    division_code text NOT NULL,
    active        boolean NOT NULL,
    capabilities  jsonb NOT NULL
);
CREATE TABLE kind (                      -- copy of registry's
    code text CONSTRAINT kind_pkey PRIMARY KEY,
    name text NOT NULL
);

CREATE SEQUENCE submission_number;
CREATE TABLE submission (
    id                 uuid CONSTRAINT submission_pkey PRIMARY KEY,
    number             text NOT NULL CONSTRAINT submission_number_key UNIQUE,
    org_id             uuid NOT NULL,
    institution_id     uuid NOT NULL,
    authorize_province boolean NOT NULL,
    selection          jsonb NOT NULL,
    state              text NOT NULL CONSTRAINT submission_state_check CHECK (state IN ('claiming', 'filing', 'done', 'failed')),
    submitted_at       timestamptz NOT NULL,
    done               int NOT NULL DEFAULT 0,
    failed             jsonb NOT NULL DEFAULT '[]',
    cursor             uuid                         -- the last claimed instrument that was taken over
);
CREATE INDEX submission_org_id_idx ON submission (org_id, id);

CREATE TABLE filing (
    id                 uuid CONSTRAINT filing_pkey PRIMARY KEY,
    number             text NOT NULL CONSTRAINT filing_number_key UNIQUE,
    submission_id      uuid NOT NULL CONSTRAINT filing_submission_id_fkey REFERENCES submission,
    instrument_id      uuid NOT NULL,
    instrument_version bigint NOT NULL,
    org_id             uuid NOT NULL,
    kind_code          text NOT NULL,
    division_code      text NOT NULL,
    snapshot           jsonb NOT NULL,              -- the instrument as it was claimed
    search             text NOT NULL,               -- name, model and numbers, casefolded
    state              text NOT NULL CONSTRAINT filing_state_check CHECK (state IN ('submitted', 'awaiting_confirmation',
                       'pending_reassignment', 'approved', 'returned', 'revoked', 'withdrawn', 'lapsed', 'closed')),
    city_id            uuid NOT NULL,               -- the city institution it was submitted to
    institution_id     uuid NOT NULL,               -- whose turn it is
    holder_id          uuid,                        -- who verifies, once approved
    participants       uuid[] NOT NULL,             -- every institution that it ever named
    authorize_province boolean NOT NULL,
    previous_id        uuid CONSTRAINT filing_previous_id_fkey REFERENCES filing,
    latest             boolean NOT NULL DEFAULT true,
    reason_code        text,
    reason             text,
    submitted_at       timestamptz NOT NULL,
    decided_at         timestamptz,
    due_on             date NOT NULL,
    version            bigint NOT NULL              -- goes on over the filings of one instrument
);
CREATE UNIQUE INDEX filing_one_open_or_approved_idx ON filing (instrument_id)
    WHERE state IN ('submitted', 'awaiting_confirmation', 'pending_reassignment', 'approved');
CREATE UNIQUE INDEX filing_latest_idx ON filing (instrument_id) WHERE latest;
CREATE INDEX filing_org_id_idx ON filing (org_id, state, id) WHERE latest;
CREATE INDEX filing_institution_id_idx ON filing (institution_id, state, submitted_at, id);
CREATE INDEX filing_participants_idx ON filing USING gin (participants);
CREATE INDEX filing_submission_id_idx ON filing (submission_id);
CREATE INDEX filing_division_code_idx ON filing (division_code text_pattern_ops, state);

CREATE TABLE step (
    id             bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT step_pkey PRIMARY KEY,
    filing_id      uuid NOT NULL CONSTRAINT step_filing_id_fkey REFERENCES filing,
    at             timestamptz NOT NULL,
    actor          jsonb NOT NULL,
    move           text NOT NULL,
    from_state     text,
    to_state       text NOT NULL,
    institution_id uuid NOT NULL,                   -- whose turn it was after the step
    reason_code    text,
    reason         text
);
CREATE INDEX step_filing_id_idx ON step (filing_id, id);
"""


def upgrade() -> None:
    create_chassis_tables(op)
    create_scope_functions(op)
    op.execute(text(TABLES))
    enable_row_security(
        op, "filing",
        "org_id = qj_org() OR qj_institution() = ANY(participants)"
        " OR (qj_institution() IS NULL AND division_code LIKE qj_area() || '%')",
    )
    enable_row_security(op, "submission", "org_id = qj_org()")


def downgrade() -> None:
    for table in ("step", "filing", "submission", "kind", "institution", "org"):
        op.execute(text(f"DROP TABLE {table}"))
    op.execute(text("DROP SEQUENCE submission_number"))
    drop_scope_functions(op)
    drop_chassis_tables(op)
