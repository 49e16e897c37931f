"""Failures that end a command with one line: a setting or a manifest is wrong, or a step failed."""


class CommandFailedError(Exception):
    """A command failed; the message is one line that says what to do."""


class ManifestError(Exception):
    """The manifest of trusted documents is unusable; the message says what to correct in it."""
