"""Measurements: how fast the server is beside its peers, and whether performance is what was promised."""
