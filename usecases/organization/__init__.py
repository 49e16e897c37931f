"""Organizations: acting for one, its administrators, its details, and the order of locks."""
