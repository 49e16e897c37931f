"""Transports (HTTP, WebSocket, command line, mail): translate requests into use-case calls; no business decision is
made here.
"""
