"""The HTTP door of the registry: one file per resource."""

from registry.api import (
    catalog,
    certificate_changes,
    certificates,
    exports,
    import_errors,
    import_rows,
    imports,
    instruments,
    internal,
    labels,
    public,
    saved_views,
    statistics,
)

BLUEPRINTS = (
    catalog.blp, instruments.blp, imports.blp, import_errors.blp, import_rows.blp, exports.blp, certificates.blp,
    certificate_changes.blp,
    statistics.blp, saved_views.blp, labels.blp, public.blp, internal.blp,
)  # fmt: skip
