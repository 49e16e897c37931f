"""Mail worker: claims messages of the outbox and hands them to the mail server."""
