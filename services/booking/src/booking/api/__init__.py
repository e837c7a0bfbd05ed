"""The HTTP door of booking."""

from booking.api import bookable, bookings, calendar, internal, public, verification

BLUEPRINTS = (bookable.blp, calendar.blp, bookings.blp, verification.blp, public.blp, internal.blp)
