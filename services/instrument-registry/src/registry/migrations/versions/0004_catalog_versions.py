"""Versions of the catalog, and what a kind was or will be on another day than today."""

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"

TABLES = """
CREATE TABLE catalog_version (
    id         uuid CONSTRAINT catalog_version_pkey PRIMARY KEY,
    version    text NOT NULL CONSTRAINT catalog_version_version_key UNIQUE,
    title      text NOT NULL,
    valid_from date NOT NULL,
    added      int NOT NULL,
    changed    int NOT NULL,
    withdrawn  int NOT NULL,
    loaded_by  text NOT NULL,
    loaded_at  timestamptz NOT NULL
);
CREATE TABLE kind_revision (              -- of kinds that a version changed: their values from a day on
    code       text NOT NULL CONSTRAINT kind_revision_code_fkey REFERENCES kind,
    valid_from date NOT NULL,             -- '0001-01-01': as it was before the first change
    version    text NOT NULL,
    facts      jsonb NOT NULL,            -- those of registry.domain.catalog.TIMED
    applied    boolean NOT NULL,          -- the row of `kind` has these values, or had them
    CONSTRAINT kind_revision_pkey PRIMARY KEY (code, valid_from)
);
CREATE INDEX kind_revision_waiting_idx ON kind_revision (valid_from) WHERE NOT applied;
"""


def upgrade() -> None:
    op.execute(text(TABLES))


def downgrade() -> None:
    op.execute(text("DROP TABLE kind_revision"))
    op.execute(text("DROP TABLE catalog_version"))
