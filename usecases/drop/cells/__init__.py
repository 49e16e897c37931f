"""Parsers of a row's cells, to values and flags."""
