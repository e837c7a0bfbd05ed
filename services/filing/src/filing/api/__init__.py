"""The HTTP door of filing."""

from filing.api import filings, internal

BLUEPRINTS = (filings.blp, internal.blp)
