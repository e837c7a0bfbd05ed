"""The HTTP door of notification."""

from notification.api import binding, messages, official

BLUEPRINTS = (messages.blp, official.blp, binding.blp)
