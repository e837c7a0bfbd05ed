"""Rules of identity: no database, no web."""
