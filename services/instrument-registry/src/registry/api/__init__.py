"""The HTTP door of the registry: one file per resource."""

from registry.api import catalog, certificates, exports, imports, instruments, internal, public, statistics

BLUEPRINTS = (
    catalog.blp, instruments.blp, imports.blp, exports.blp, certificates.blp, statistics.blp, public.blp, internal.blp,
)  # fmt: skip
