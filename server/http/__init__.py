"""GraphQL over HTTP: parsing, credentials, CSRF, limits, responses, health."""
