"""What stops a file, or a whole drop, before anything of it is written."""


class DropRefusedError(Exception):
    """The drop cannot be read at all; the text says what to put right, and nothing was written."""


class FileFaultError(Exception):
    """One file cannot be trusted; the others of the drop go on. `code` names the fault, the text what to do.

    Worker processes raise it too, so that both are its arguments, from which it is put together again.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message

    def __str__(self) -> str:
        return self.message
