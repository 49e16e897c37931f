"""Errors that stop a file, or a whole drop, before any row of it is written."""


class DropRefusedError(Exception):
    """The drop cannot be read at all, and nothing was written; the text tells how to correct it."""


class FileFaultError(Exception):
    """One file cannot be trusted; the others of the drop continue. `code` names the fault, the text the remedy.

    Worker processes raise it too, so it must be possible to pickle: `args` are both arguments of the constructor.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return self.message
