"""Connection to the database, migrations and revisions."""
