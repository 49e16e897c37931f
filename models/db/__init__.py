"""Database access: pool, connection leases, queries, keyset pages, deadlines, clock."""
