"""uvicorn with our limits: server, HTTP and WebSocket protocols, coalescing transport."""
