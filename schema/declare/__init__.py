"""Declarations of the schema: fields, connections, access rules."""
