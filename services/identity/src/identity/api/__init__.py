"""The HTTP door of identity: one file per resource."""

from identity.api import files, keys, me, reference, registrations, sessions, sub_users

BLUEPRINTS = (
    keys.blp, files.blp, registrations.blp, sessions.blp, me.blp, sub_users.blp, reference.blp,
)  # fmt: skip
