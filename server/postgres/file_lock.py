"""A lock on a file that the kernel drops with its last holder, so that nobody who was killed leaves one behind."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class FileLock:
    """One `flock` on a file of its own, shared by many or held by one; whoever inherits `fileno` holds it too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Nobody else may read the file: with read access alone they could hold the lock for ever.
        self.fileno = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)

    def share(self) -> None:
        """Hold it beside others who share it; wait while one holds it alone."""
        fcntl.flock(self.fileno, fcntl.LOCK_SH)

    def take(self) -> None:
        """Hold it alone; wait for the others first."""
        fcntl.flock(self.fileno, fcntl.LOCK_EX)

    def try_take(self) -> bool:
        """Hold it alone and return True, or return False at once when anyone else holds it."""
        with suppress(BlockingIOError):
            fcntl.flock(self.fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def release(self) -> None:
        """Let go, and with us whoever inherited it."""
        fcntl.flock(self.fileno, fcntl.LOCK_UN)

    def is_in_place(self) -> bool:
        """Return whether the file is still at its path, for those who come later to meet us there."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self.fileno), self._path.stat())
        return False

    def close(self) -> None:
        """Let go; a child process that inherited it holds it on until it ends."""
        os.close(self.fileno)

    def __enter__(self) -> "FileLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
