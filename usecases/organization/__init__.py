"""Actions on organizations: administrators, and the order of locks."""
