"""Passwords: rules, strength, breached list, hashing in a bounded queue, and returning the memory of argon2."""
