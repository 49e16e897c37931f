"""The mutations, one to a file."""
