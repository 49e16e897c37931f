"""Where the migrations are, and which of them is the newest, without loading what runs them."""

from pathlib import Path

MIGRATIONS = Path(__file__).parent.parent / "models" / "migrations"


def newest_revision() -> str:
    """Return the revision that the migrations lead to: their files are named by number, and they are one chain."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))
