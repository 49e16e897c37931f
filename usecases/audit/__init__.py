"""Audit records and their chain of hashes."""
