"""Benchmarks: speed of the server compared with its peers and with the promised goals."""
