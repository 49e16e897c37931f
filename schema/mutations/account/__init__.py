"""Mutations of the person's own account."""
