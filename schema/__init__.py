"""The promise to clients: object types, inputs and the rules of access."""
