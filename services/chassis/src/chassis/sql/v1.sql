-- Tables of the chassis that every service's database holds, version 1.

CREATE TABLE outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT outbox_pkey PRIMARY KEY,
    event_id     uuid NOT NULL,
    type         text NOT NULL,
    body         jsonb NOT NULL,          -- the whole CloudEvent
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE INDEX outbox_waiting_idx ON outbox (id) WHERE published_at IS NULL;
CREATE INDEX outbox_published_idx ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE FUNCTION outbox_wake() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('outbox', ''); RETURN NULL; END $$;
CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake();

CREATE TABLE inbox (
    event_id    uuid CONSTRAINT inbox_pkey PRIMARY KEY,
    type        text NOT NULL,
    source      text NOT NULL,
    state       text NOT NULL CONSTRAINT inbox_state_check CHECK (state IN ('done', 'retry', 'dead')),
    body        jsonb,                    -- kept while the event is not done
    attempts    int NOT NULL DEFAULT 0,
    error       text,
    next_at     timestamptz,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_retry_idx ON inbox (next_at) WHERE state = 'retry';
CREATE INDEX inbox_dead_idx ON inbox (received_at) WHERE state = 'dead';

-- The last version of each aggregate that was taken over from events: what is older is skipped.
CREATE TABLE seen_version (
    kind    text NOT NULL,
    id      uuid NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT seen_version_pkey PRIMARY KEY (kind, id)
);

CREATE TABLE revoked_session (
    session_id uuid CONSTRAINT revoked_session_pkey PRIMARY KEY,  -- of one session, or of a whole account
    until      timestamptz NOT NULL
);

CREATE TABLE idempotency_key (
    account_id uuid NOT NULL,
    route      text NOT NULL,
    key        text NOT NULL,
    body_hash  bytea NOT NULL,
    status     int,
    headers    jsonb,
    response   bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_key_pkey PRIMARY KEY (account_id, route, key)
);
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);

CREATE TABLE job (
    id               uuid CONSTRAINT job_pkey PRIMARY KEY,
    kind             text NOT NULL,
    state            text NOT NULL DEFAULT 'queued'
                     CONSTRAINT job_state_check CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    actor            jsonb NOT NULL,      -- who asked, and with what scope it runs
    owner_id         uuid,                -- organisation, institution or bureau that may see it; null: administrators
    params           jsonb NOT NULL DEFAULT '{}',
    ids              uuid[] NOT NULL DEFAULT '{}',  -- a frozen selection
    position         int NOT NULL DEFAULT 0,        -- how much of it is committed
    done             int NOT NULL DEFAULT 0,
    failed           int NOT NULL DEFAULT 0,
    total            int NOT NULL DEFAULT 0,
    summary          jsonb NOT NULL DEFAULT '{}',
    result_file      text,
    result_name      text,
    error            text,
    cancel_requested boolean NOT NULL DEFAULT false,
    lease_until      timestamptz,
    attempts         int NOT NULL DEFAULT 0,
    request_id       text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL DEFAULT now(),
    finished_at      timestamptz
);
CREATE INDEX job_open_idx ON job (created_at) WHERE state IN ('queued', 'running');
CREATE INDEX job_owner_idx ON job (owner_id, created_at);
CREATE TABLE job_failure (
    job_id uuid NOT NULL CONSTRAINT job_failure_job_id_fkey REFERENCES job ON DELETE CASCADE,
    seq    int NOT NULL,
    id     uuid NOT NULL,
    code   text NOT NULL,
    detail text NOT NULL,
    CONSTRAINT job_failure_pkey PRIMARY KEY (job_id, seq)
);
CREATE FUNCTION job_wake() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('job', ''); RETURN NULL; END $$;
CREATE TRIGGER job_wake AFTER INSERT ON job FOR EACH STATEMENT EXECUTE FUNCTION job_wake();

CREATE TABLE schedule_run (
    name    text CONSTRAINT schedule_run_pkey PRIMARY KEY,
    last_at timestamptz NOT NULL
);

CREATE TABLE audit (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_pkey PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_id   uuid,
    actor_kind text NOT NULL,
    actor_name text NOT NULL,
    action     text NOT NULL,
    subject    text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}',
    address    text NOT NULL DEFAULT '',
    request_id text NOT NULL DEFAULT ''
);
CREATE INDEX audit_subject_idx ON audit (subject, id);
CREATE INDEX audit_actor_idx ON audit (actor_id, id);
CREATE INDEX audit_at_idx ON audit (at);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
