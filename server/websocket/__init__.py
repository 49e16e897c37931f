"""GraphQL over WebSocket: handshake, protocol, operations, session watch."""
