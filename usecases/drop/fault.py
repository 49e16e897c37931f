"""What stops a file, or a whole drop, before anything of it is written."""


class DropRefusedError(Exception):
    """The drop cannot be read at all; the text says what to put right, and nothing was written."""


class FileFaultError(Exception):
    """One file cannot be trusted; the others of the drop go on. `code` names the fault, the text what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
