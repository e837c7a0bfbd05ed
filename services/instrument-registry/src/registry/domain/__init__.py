"""Rules of the registry: no database, no web."""
