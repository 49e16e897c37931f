"""Settings, environment variables, logs."""
