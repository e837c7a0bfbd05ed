"""Tables of notification: messages, their deliveries, and replicas of contacts."""

from alembic import op
from sqlalchemy import text

from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE contact (                     -- copy of identity's accounts: whom messages may reach
    account_id uuid CONSTRAINT contact_pkey PRIMARY KEY,
    home_id    uuid,                       -- organisation, institution or bureau
    kind       text NOT NULL,
    name       text NOT NULL,
    phone      text,
    roles      text[] NOT NULL,
    status     text NOT NULL
);
CREATE INDEX contact_home_id_idx ON contact (home_id);
CREATE TABLE wechat_contact (
    account_id uuid NOT NULL,
    appid      text NOT NULL,
    openid     text NOT NULL,
    CONSTRAINT wechat_contact_pkey PRIMARY KEY (appid, openid)
);
CREATE INDEX wechat_contact_account_id_idx ON wechat_contact (account_id);
CREATE TABLE place (                       -- copy of the names of organisations and institutions
    id   uuid CONSTRAINT place_pkey PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE preference (
    account_id uuid CONSTRAINT preference_pkey PRIMARY KEY,
    wechat     boolean NOT NULL,
    sms        boolean NOT NULL,
    version    bigint NOT NULL DEFAULT 1
);
CREATE TABLE message (
    id         uuid CONSTRAINT message_pkey PRIMARY KEY,
    account_id uuid NOT NULL,
    event_id   uuid NOT NULL,
    template   text NOT NULL,
    title      text NOT NULL,
    body       text NOT NULL,
    fields     jsonb NOT NULL,
    link       text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at    timestamptz,
    CONSTRAINT message_account_id_event_id_key UNIQUE (account_id, event_id)
);
CREATE INDEX message_account_id_idx ON message (account_id, id);
CREATE TABLE delivery (
    id         uuid CONSTRAINT delivery_pkey PRIMARY KEY,
    message_id uuid NOT NULL CONSTRAINT delivery_message_id_fkey REFERENCES message ON DELETE CASCADE,
    channel    text NOT NULL CONSTRAINT delivery_channel_check CHECK (channel IN ('wechat', 'sms')),
    address    text NOT NULL,              -- openid or phone
    state      text NOT NULL DEFAULT 'waiting'
               CONSTRAINT delivery_state_check CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
    attempts   int NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL,
    sent_at    timestamptz,
    error      text
);
CREATE INDEX delivery_due_idx ON delivery (next_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_message_id_idx ON delivery (message_id);
CREATE TABLE wechat_push (                 -- pushes of the official account that were taken: each counts once
    key text CONSTRAINT wechat_push_pkey PRIMARY KEY,
    at  timestamptz NOT NULL
);
"""


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute(text(TABLES))


def downgrade() -> None:
    for table in ("wechat_push", "delivery", "message", "preference", "place", "wechat_contact", "contact"):
        op.execute(text(f"DROP TABLE {table}"))
    drop_chassis_tables(op)
