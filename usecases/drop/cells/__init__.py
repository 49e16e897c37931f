"""Cells of a row, parsed into values and flags."""
