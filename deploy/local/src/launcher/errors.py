"""Errors that stop a start. A person sees one sentence, without a traceback."""


class LauncherError(Exception):
    """The text says what is wrong and, if possible, what to do."""
