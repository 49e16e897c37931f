"""Mutations of sessions: signing in and out, devices."""
