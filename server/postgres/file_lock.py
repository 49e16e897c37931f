"""File lock by `flock`: the kernel releases it with its last holder, so a killed process leaves no stale lock."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class FileLock:
    """One `flock` on a file, shared or exclusive; processes that inherit `fileno` hold it too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Readable by the owner only: a process that can open the file could hold the lock for ever.
        self.fileno = os.open(path, os.O_RDONLY | os.O_CREAT, 0o600)

    def share(self) -> None:
        """Take a shared lock; wait while another process holds it exclusively."""
        fcntl.flock(self.fileno, fcntl.LOCK_SH)

    def take(self) -> None:
        """Take the lock exclusively; wait for all others."""
        fcntl.flock(self.fileno, fcntl.LOCK_EX)

    def try_take(self) -> bool:
        """Take the lock exclusively and return True, or return False at once when another process holds it."""
        with suppress(BlockingIOError):
            fcntl.flock(self.fileno, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def release(self) -> None:
        """Release the lock, also for processes that inherited it."""
        fcntl.flock(self.fileno, fcntl.LOCK_UN)

    def is_in_place(self) -> bool:
        """Return whether the file is still at its path; otherwise later processes lock another file."""
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self.fileno), self._path.stat())
        return False

    def close(self) -> None:
        """Close our descriptor; a child process that inherited the lock keeps it until it ends."""
        os.close(self.fileno)

    def __enter__(self) -> "FileLock":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
