"""What a value may be and the one form it is kept in: pure rules without the database, the same at every door."""
