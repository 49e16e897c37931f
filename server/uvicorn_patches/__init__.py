"""uvicorn with our bounds: server, HTTP and WebSocket protocols, coalescing transport."""
