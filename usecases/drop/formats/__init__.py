"""Layouts in which services hand over their old codes, one module for each."""
