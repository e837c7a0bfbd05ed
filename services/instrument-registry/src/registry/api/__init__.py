"""The HTTP door of the registry: one file per resource."""

from registry.api import (
    catalog,
    certificates,
    import_errors,
    import_rows,
    imports,
    instruments,
    internal,
    public,
    statistics,
)

BLUEPRINTS = (
    catalog.blp, instruments.blp, imports.blp, import_errors.blp, import_rows.blp, certificates.blp, statistics.blp, public.blp, internal.blp,
)  # fmt: skip
