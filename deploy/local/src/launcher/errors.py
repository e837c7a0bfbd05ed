"""What stops a start: told to a person in one sentence, without a traceback."""


class LauncherError(Exception):
    """The text says what is wrong and, where there is one, what to do about it."""
