"""Statements that read tables of several modules."""
