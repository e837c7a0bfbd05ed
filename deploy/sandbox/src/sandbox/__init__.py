"""Stand-in for WeChat and an SMS provider: development and tests only."""
