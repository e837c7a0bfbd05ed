"""Rules of notification: no database, no web."""
