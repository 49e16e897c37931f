"""Messages: their texts, their way through the outbox, and bounces."""
