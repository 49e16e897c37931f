"""Authentication, permissions, passwords, tokens and rate limits."""
