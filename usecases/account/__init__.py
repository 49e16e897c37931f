"""Actions on the person's own account."""
