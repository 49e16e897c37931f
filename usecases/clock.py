"""The application's clock, by which deeds date and expire things; it lives in `models`, because rules ask it too."""

from models.db.clock import now

__all__ = ["now"]
