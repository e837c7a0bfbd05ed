"""Rules of filing: no database, no web."""
