"""Wiring: choose the loader, or open the transaction and call one use case."""
