"""A delivery gets a lane, the provider's id and the time of arrival. A message can gather several events."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"

UP = """
ALTER TABLE message ADD COLUMN lane smallint NOT NULL DEFAULT 2;   -- 0 security, 1 asks for action, 2 tells, 3 may wait
ALTER TABLE message ADD COLUMN facts jsonb;                        -- what it was made from, while more may join
ALTER TABLE message ADD COLUMN digest text;                        -- what may join has the same
ALTER TABLE message ADD COLUMN gather_until timestamptz;
CREATE INDEX message_digest_idx ON message (account_id, digest, gather_until) WHERE digest IS NOT NULL;
CREATE TABLE message_event (               -- every event that a message tells of: one event, one message an account
    account_id uuid NOT NULL,
    event_id   uuid NOT NULL,
    message_id uuid NOT NULL CONSTRAINT message_event_message_id_fkey REFERENCES message ON DELETE CASCADE,
    CONSTRAINT message_event_pkey PRIMARY KEY (account_id, event_id)
);
CREATE INDEX message_event_message_id_idx ON message_event (message_id);
INSERT INTO message_event (account_id, event_id, message_id) SELECT account_id, event_id, id FROM message;
ALTER TABLE delivery ADD COLUMN lane smallint NOT NULL DEFAULT 2;
ALTER TABLE delivery ADD COLUMN provider_id text;
ALTER TABLE delivery ADD COLUMN delivered_at timestamptz;
ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_state_check
    CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'failed'));
CREATE INDEX delivery_lane_idx ON delivery (channel, lane, next_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX delivery_provider_id_idx ON delivery (provider_id) WHERE provider_id IS NOT NULL;
CREATE TABLE wechat_silence (              -- openids that WeChat does not deliver to
    openid text CONSTRAINT wechat_silence_pkey PRIMARY KEY,
    reason text NOT NULL,
    since  timestamptz NOT NULL
);
CREATE TABLE wechat_receipt (              -- what became of a message that WeChat had accepted
    msgid  text CONSTRAINT wechat_receipt_pkey PRIMARY KEY,
    status text NOT NULL,
    at     timestamptz NOT NULL
);
CREATE TABLE follower_question (           -- followers whose unionid has still to be asked for
    openid   text CONSTRAINT follower_question_pkey PRIMARY KEY,
    attempts int NOT NULL DEFAULT 0,
    next_at  timestamptz NOT NULL
);
"""
DOWN = """
DROP TABLE follower_question;
DROP TABLE wechat_receipt;
DROP TABLE wechat_silence;
DROP INDEX delivery_provider_id_idx;
DROP INDEX delivery_lane_idx;
UPDATE delivery SET state = 'sent' WHERE state = 'delivered';
ALTER TABLE delivery DROP CONSTRAINT delivery_state_check;
ALTER TABLE delivery ADD CONSTRAINT delivery_state_check CHECK (state IN ('waiting', 'sending', 'sent', 'failed'));
ALTER TABLE delivery DROP COLUMN delivered_at;
ALTER TABLE delivery DROP COLUMN provider_id;
ALTER TABLE delivery DROP COLUMN lane;
DROP TABLE message_event;
DROP INDEX message_digest_idx;
ALTER TABLE message DROP COLUMN gather_until;
ALTER TABLE message DROP COLUMN digest;
ALTER TABLE message DROP COLUMN facts;
ALTER TABLE message DROP COLUMN lane;
"""


def upgrade() -> None:
    op.execute(text(UP))


def downgrade() -> None:
    op.execute(text(DOWN))
