"""The price list of the optimizations: what the server costs with each of them switched off alone."""
