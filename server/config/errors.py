"""Failures that end a command with one clear line: a setting or a registered document is wrong, or a step failed."""


class CommandFailedError(Exception):
    """A command cannot be done; the message is one line that tells what to do."""


class ManifestError(Exception):
    """The manifest of trusted documents cannot be used; the message tells what to mend in it."""
