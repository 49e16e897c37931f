"""Sessions: signing in and out, refresh, devices, proof of a password."""
