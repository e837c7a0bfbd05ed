"""Invitations, states of a WeChat sign-in, reasons of a rejection as codes, and reference data that can be edited."""

from alembic import op
from sqlalchemy import text

revision = "0002"
down_revision = "0001"

UP = """
ALTER TABLE division ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE bureau ADD COLUMN active boolean NOT NULL DEFAULT true, ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE organization ADD COLUMN reason_code text;

ALTER TABLE capability ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT capability_pkey PRIMARY KEY;
ALTER TABLE capability DROP CONSTRAINT capability_institution_id_kind_code_mode_key;   -- one period after another
CREATE INDEX capability_institution_id_idx ON capability (institution_id, kind_code);

CREATE TABLE invitation (
    id             uuid CONSTRAINT invitation_pkey PRIMARY KEY,
    token_hash     bytea NOT NULL CONSTRAINT invitation_token_hash_key UNIQUE,
    kind           text NOT NULL CONSTRAINT invitation_kind_check CHECK (kind IN ('institution', 'supervisor', 'admin')),
    institution_id uuid CONSTRAINT invitation_institution_id_fkey REFERENCES institution,
    bureau_id      uuid CONSTRAINT invitation_bureau_id_fkey REFERENCES bureau,
    roles          text[] NOT NULL,
    name           text NOT NULL,
    phone          text NOT NULL,
    created_at     timestamptz NOT NULL,
    created_by     uuid NOT NULL,
    expires_at     timestamptz NOT NULL,
    ended_at       timestamptz,                -- accepted or taken back
    account_id     uuid,                       -- of who accepted
    version        bigint NOT NULL DEFAULT 1
);
CREATE INDEX invitation_institution_id_idx ON invitation (institution_id, id);

CREATE TABLE wechat_state (                    -- where a person stands who was sent to WeChat's QR page
    state_hash bytea CONSTRAINT wechat_state_pkey PRIMARY KEY,
    nonce_hash bytea NOT NULL,                 -- of the cookie of the browser that asked
    expires_at timestamptz NOT NULL
);
CREATE TABLE login_guard (                     -- failures in a row of one account, or of one name that nobody has
    key      text CONSTRAINT login_guard_pkey PRIMARY KEY,
    failures int NOT NULL,
    last_at  timestamptz NOT NULL
);
CREATE INDEX account_kind_idx ON account (kind, id) WHERE kind <> 'applicant';
"""
DOWN = """
DROP INDEX account_kind_idx;
DROP TABLE login_guard;
DROP TABLE wechat_state;
DROP TABLE invitation;
DROP INDEX capability_institution_id_idx;
ALTER TABLE capability DROP COLUMN id;
ALTER TABLE capability ADD CONSTRAINT capability_institution_id_kind_code_mode_key UNIQUE (institution_id, kind_code, mode);
ALTER TABLE organization DROP COLUMN reason_code;
ALTER TABLE bureau DROP COLUMN version, DROP COLUMN active;
ALTER TABLE division DROP COLUMN version;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
