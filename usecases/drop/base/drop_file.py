"""Bytes of a drop's files: opened only as regular files of the folder, and compared with the manifest's sha256."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from usecases.drop.base.errors import FileFaultError
from usecases.regular_file import open_regular

if TYPE_CHECKING:
    from io import BytesIO


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file of a drop; raises FileFaultError if it is unreadable or a link, which may lead out of the folder."""
    try:
        _require_no_link(path)
        with open_regular(path) as file:
            yield file
    except FileNotFoundError:
        raise FileFaultError("MISSING", "the folder has no such file; ask the sender for it") from None
    except OSError as error:
        advice = "put an ordinary, readable file in its place"
        raise FileFaultError("UNREADABLE", f"it cannot be read ({error.strerror}); {advice}") from None


def require_checksum(path: Path, sha256: str) -> None:
    """Raise FileFaultError if the file is missing or its content has not the manifest's sha256."""
    with opened(path) as content:
        found = hashlib.file_digest(cast("BytesIO", content), "sha256").hexdigest()
    if found != sha256:
        raise FileFaultError("CHECKSUM", "the content is not what the manifest's sha256 tells; transfer the file again")


def chunks(path: Path, sha256: str, size: int) -> Iterator[bytes]:
    """Yield the bytes of a verified file; raises FileFaultError at its end if it has changed since."""
    digest = hashlib.sha256()
    with opened(path) as file:
        while chunk := file.read(size):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != sha256:
        advice = "wait for its transfer to end and import again"
        raise FileFaultError("CHANGED", f"the file changed while it was read; {advice}")


def _require_no_link(path: Path) -> None:
    if path.is_symlink():
        raise FileNotFoundError
