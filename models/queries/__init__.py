"""Statements that read across several nouns."""
