"""Passwords: rules, strength, breached list, hashing within bounds, memory given back."""
