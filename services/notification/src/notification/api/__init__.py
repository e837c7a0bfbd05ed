"""The HTTP door of notification."""

from notification.api import messages, official

BLUEPRINTS = (messages.blp, official.blp)
