"""Peers: other servers that answer the same questions with the same tables, sessions, checks, log line and JSON."""
