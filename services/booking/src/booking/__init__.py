"""Calendars, slots, bookings, reception and results."""
