"""Execution of documents: binding of declarations, limits, documents read once, the compiler."""
