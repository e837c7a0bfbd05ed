"""Rules of booking: no database, no web."""
