"""Application of decisions: accounts, organizations, memberships and codes."""
