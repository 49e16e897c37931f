"""Mutations of an organization, by its administrators."""
