"""Rules and canonical forms of values, without the database; the API, imports and commands share them."""
