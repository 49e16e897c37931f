"""Embedded PostgreSQL: programs, cluster, start and stop, also as root."""
