"""Remembers which data folder a cluster outside it was made for, so that removing the folder removes the cluster."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

KEPT = 30 * 24 * 3600  # seconds since the last start


@dataclass(frozen=True, slots=True)
class Origin:
    """The link in a data folder that points to `cluster`, as of the last start."""

    cluster: Path
    link: Path
    checkout: int  # inode of the folder that holds the data folder
    last_start: float  # seconds since 1970

    def is_linked(self) -> bool:
        """Return whether the data folder still points to the cluster."""
        with suppress(OSError):
            return self.link.readlink() == self.cluster
        return False

    def is_abandoned(self) -> bool:
        """Return whether nobody can want the cluster: its data folder was removed from the checkout.

        When the checkout itself is not there it may have been moved or not be mounted, so the data is kept for `KEPT`.
        """
        if self.is_linked():
            return False
        with suppress(OSError):
            if self.link.parent.parent.stat().st_ino == self.checkout:
                return True
        return time.time() - self.last_start > KEPT

    def forget(self) -> None:
        """Remove the record, when the cluster is gone."""
        _record(self.cluster).unlink(missing_ok=True)


def record_origin(cluster: Path, link: Path) -> None:
    """Write down that the cluster is started for `link` now."""
    record = _record(cluster)
    unfinished = record.with_suffix(".unfinished")
    # Nobody else learns from it where private folders are.
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(b"%d %s" % (link.parent.parent.stat().st_ino, os.fsencode(link)))
    unfinished.replace(record)


def origin_of(cluster: Path) -> Origin | None:
    """Return the origin written down for the cluster."""
    record = _record(cluster)
    if not record.exists():
        return None
    checkout, _, link = record.read_bytes().partition(b" ")
    return Origin(cluster, Path(os.fsdecode(link)), int(checkout), record.stat().st_mtime)


def origins(clusters: Path) -> list[Origin]:
    """Return the origins of all clusters in a folder."""
    found = (origin_of(record.with_suffix("")) for record in clusters.glob("*.origin"))
    return [origin for origin in found if origin]


def _record(cluster: Path) -> Path:
    return cluster.with_suffix(".origin")
