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

    def is_at_another(self, link: Path) -> bool:
        """Return whether the data folder it was made for still points to it and is not the one of `link`."""
        return self._is_target_of(self.link) and not os.path.samestat(self.link.lstat(), link.lstat())

    def is_abandoned(self) -> bool:
        """Return whether nobody can want the cluster: its data folder was removed from the checkout.

        When the checkout itself is not there it may have been moved or not be mounted, and when the link points
        elsewhere another machine may have set it: then the data is kept for `KEPT`.
        """
        checkout = self.link.parent.parent
        if any(self._is_target_of(link) for link in checkout.glob("*/postgres")):  # it may have been renamed, too
            return False
        with suppress(OSError):
            if checkout.stat().st_ino == self.checkout and not os.path.lexists(self.link):
                return True
        return time.time() - self.last_start > KEPT

    def _is_target_of(self, link: Path) -> bool:
        with suppress(OSError):
            return link.readlink() == self.cluster
        return False


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
