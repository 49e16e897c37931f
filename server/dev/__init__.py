"""Pages for development: GraphiQL, mailbox, link pages, demo data."""
