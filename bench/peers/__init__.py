"""Other servers that answer the same questions: same tables, same sessions, same checks, same log line, same JSON."""
