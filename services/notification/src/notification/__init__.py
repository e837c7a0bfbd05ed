"""Messages in-app, by WeChat and SMS; the official account."""
