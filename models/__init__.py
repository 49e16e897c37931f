"""The facts: tables, their verbs and constraints, and the statements that read them."""
