"""Periodic jobs beside the server."""
