"""Tables of identity: who is who."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE division (
    code        text CONSTRAINT division_pkey PRIMARY KEY,
    name        text NOT NULL,
    level       text NOT NULL CONSTRAINT division_level_check CHECK (level IN ('province', 'city', 'county', 'town')),
    parent_code text,
    is_leaf     boolean NOT NULL,
    valid_from  date,
    valid_to    date
);
CREATE INDEX division_parent_code_idx ON division (parent_code);

CREATE TABLE institution (
    id            uuid CONSTRAINT institution_pkey PRIMARY KEY,
    name          text NOT NULL,
    alias         text NOT NULL DEFAULT '',
    tier          text NOT NULL CONSTRAINT institution_tier_check CHECK (tier IN ('province', 'city', 'county')),
    division_code text NOT NULL,
    parent_id     uuid,
    contact       text,
    active        boolean NOT NULL DEFAULT true,
    demo          boolean NOT NULL DEFAULT false,
    verified      text NOT NULL DEFAULT 'no',
    version       bigint NOT NULL DEFAULT 1
);
CREATE INDEX institution_division_code_idx ON institution (division_code);
CREATE TABLE capability (
    institution_id uuid NOT NULL CONSTRAINT capability_institution_id_fkey REFERENCES institution ON DELETE CASCADE,
    kind_code      text NOT NULL,          -- '*' = every kind
    mode           text NOT NULL CONSTRAINT capability_mode_check CHECK (mode IN ('deliver', 'onsite', 'any')),
    valid_from     date,
    valid_to       date,
    CONSTRAINT capability_institution_id_kind_code_mode_key UNIQUE (institution_id, kind_code, mode)
);
CREATE TABLE bureau (
    id            uuid CONSTRAINT bureau_pkey PRIMARY KEY,
    name          text NOT NULL,
    division_code text NOT NULL
);

CREATE TABLE organization (
    id                    uuid CONSTRAINT organization_pkey PRIMARY KEY,
    name                  text NOT NULL,
    credit_code           text NOT NULL CONSTRAINT organization_credit_code_key UNIQUE,
    address               text NOT NULL,
    division_code         text NOT NULL,
    contact_name          text NOT NULL,
    phone                 text NOT NULL,
    status                text NOT NULL DEFAULT 'pending' CONSTRAINT organization_status_check
                          CHECK (status IN ('pending', 'approved', 'rejected', 'disabled')),
    reason                text,
    license_file_id       uuid,
    authorization_file_id uuid,
    submitted_at          timestamptz NOT NULL,
    decided_at            timestamptz,
    decided_by            uuid,
    version               bigint NOT NULL DEFAULT 1
);
CREATE INDEX organization_status_division_code_idx ON organization (status, division_code, submitted_at);

CREATE TABLE account (
    id             uuid CONSTRAINT account_pkey PRIMARY KEY,
    username       text NOT NULL,
    username_key   text NOT NULL CONSTRAINT account_username_key_key UNIQUE,   -- casefolded
    phone          text CONSTRAINT account_phone_key UNIQUE,
    name           text NOT NULL,
    password_hash  text NOT NULL,
    kind           text NOT NULL CONSTRAINT account_kind_check
                   CHECK (kind IN ('applicant', 'institution', 'supervisor', 'admin')),
    org_id         uuid CONSTRAINT account_org_id_fkey REFERENCES organization ON DELETE CASCADE,
    institution_id uuid CONSTRAINT account_institution_id_fkey REFERENCES institution,
    bureau_id      uuid CONSTRAINT account_bureau_id_fkey REFERENCES bureau,
    roles          text[] NOT NULL,
    status         text NOT NULL DEFAULT 'active' CONSTRAINT account_status_check CHECK (status IN ('active', 'disabled')),
    created_at     timestamptz NOT NULL,
    version        bigint NOT NULL DEFAULT 1
);
CREATE INDEX account_org_id_idx ON account (org_id);
CREATE INDEX account_institution_id_idx ON account (institution_id);

CREATE TABLE session (
    id           uuid CONSTRAINT session_pkey PRIMARY KEY,
    account_id   uuid NOT NULL CONSTRAINT session_account_id_fkey REFERENCES account ON DELETE CASCADE,
    refresh_hash bytea NOT NULL CONSTRAINT session_refresh_hash_key UNIQUE,
    client       text NOT NULL DEFAULT '',
    address      text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    used_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX session_account_id_idx ON session (account_id);
CREATE TABLE used_refresh (               -- refresh tokens that were rotated away: one that comes back is stolen
    refresh_hash bytea CONSTRAINT used_refresh_pkey PRIMARY KEY,
    session_id   uuid NOT NULL CONSTRAINT used_refresh_session_id_fkey REFERENCES session ON DELETE CASCADE,
    used_at      timestamptz NOT NULL
);

CREATE TABLE sign_in (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sign_in_pkey PRIMARY KEY,
    login_key  text NOT NULL,              -- what was typed, casefolded; or the account's user name
    account_id uuid,
    at         timestamptz NOT NULL,
    address    text NOT NULL,
    way        text NOT NULL,
    success    boolean NOT NULL
);
CREATE INDEX sign_in_login_key_idx ON sign_in (login_key, id);
CREATE INDEX sign_in_address_idx ON sign_in (address, at) WHERE NOT success;
CREATE INDEX sign_in_account_id_idx ON sign_in (account_id, id);

CREATE TABLE captcha (
    id         uuid CONSTRAINT captcha_pkey PRIMARY KEY,
    answer     text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE sms_code (
    id         uuid CONSTRAINT sms_code_pkey PRIMARY KEY,
    phone      text NOT NULL,
    purpose    text NOT NULL,
    code_hash  bytea NOT NULL,
    address    text NOT NULL,
    sent_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    attempts   int NOT NULL DEFAULT 0,
    used_at    timestamptz
);
CREATE INDEX sms_code_phone_idx ON sms_code (phone, purpose, sent_at);
CREATE INDEX sms_code_address_idx ON sms_code (address, sent_at);

CREATE TABLE file (
    id         uuid CONSTRAINT file_pkey PRIMARY KEY,
    name       text NOT NULL,              -- in the store
    title      text NOT NULL,              -- as the user called it
    kind       text NOT NULL,
    size       bigint NOT NULL,
    sha256     text NOT NULL,
    purpose    text NOT NULL,
    org_id     uuid,                       -- null: not claimed yet
    created_at timestamptz NOT NULL
);
CREATE INDEX file_unclaimed_idx ON file (created_at) WHERE org_id IS NULL;

CREATE TABLE wechat_person (
    appid      text NOT NULL,
    openid     text NOT NULL,
    unionid    text,
    account_id uuid CONSTRAINT wechat_person_account_id_fkey REFERENCES account ON DELETE CASCADE,
    following  boolean NOT NULL DEFAULT false,
    CONSTRAINT wechat_person_pkey PRIMARY KEY (appid, openid)
);
CREATE INDEX wechat_person_unionid_idx ON wechat_person (unionid);
CREATE INDEX wechat_person_account_id_idx ON wechat_person (account_id);
"""


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute(text(TABLES))


def downgrade() -> None:
    for table in ("wechat_person", "file", "sms_code", "captcha", "sign_in", "used_refresh", "session", "account",
                  "organization", "bureau", "capability", "institution", "division"):
        op.execute(text(f"DROP TABLE {table}"))
    drop_chassis_tables(op)
