"""Remembers which data folder a cluster outside it was made for, so that removing the folder removes the cluster."""

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
KEPT = 30 * 24 * 3600  # seconds since the last start


@dataclass(frozen=True, slots=True)
class Origin:
    """The link in a data folder that points to `cluster`, as of the last start."""

    cluster: Path
    link: Path
    checkout: Path
    inode: int  # of the checkout
    last_start: float  # seconds since 1970

    def is_at_another(self, link: Path) -> bool:
        """Return whether the data folder it was made for still points to it and is not the one of `link`."""
        return self._is_target_of(self.link) and not os.path.samestat(self.link.lstat(), link.lstat())

    def is_abandoned(self) -> bool:
        """Return whether nobody can want the cluster: its data folder was removed from the checkout.

        When the checkout itself is not there it may have been moved or not be mounted, and when the link points
        elsewhere another machine may have set it: then the data is kept for `KEPT`.
        """
        with suppress(OSError):
            if self._is_target_of(self.link) or any(map(self._is_target_of, self._links_beside())):
                return False
            if self.checkout.stat().st_ino == self.inode and not os.path.lexists(self.link):
                return True
        return time.time() - self.last_start > KEPT

    def _links_beside(self) -> list[Path]:
        # A data folder that was renamed still has its link, at the same depth.
        depth = len(self.link.relative_to(self.checkout).parts) - 1
        return list(self.checkout.glob("*/" * depth + self.link.name))

    def _is_target_of(self, link: Path) -> bool:
        with suppress(OSError):
            return link.readlink() == self.cluster
        return False


def record_origin(cluster: Path, link: Path) -> None:
    """Write down that the cluster is started for `link` now."""
    checkout = PROJECT if PROJECT in link.parents else link.parent.parent
    unfinished = cluster.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)  # nobody else learns from it where private folders are
    unfinished.write_text(json.dumps({"checkout": str(checkout), "inode": checkout.stat().st_ino, "link": str(link)}))
    unfinished.replace(_record(cluster))


def origin_of(cluster: Path) -> Origin | None:
    """Return the origin written down for the cluster."""
    record = _record(cluster)
    if not record.exists():
        return None
    read = json.loads(record.read_text())
    return Origin(cluster, Path(read["link"]), Path(read["checkout"]), read["inode"], record.stat().st_mtime)


def origins(clusters: Path) -> list[Origin]:
    """Return the origins of all clusters in a folder."""
    found = (origin_of(record.with_suffix("")) for record in clusters.glob("*.origin"))
    return [origin for origin in found if origin]


def _record(cluster: Path) -> Path:
    return cluster.with_suffix(".origin")
