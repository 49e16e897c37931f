"""Write decided rows: accounts, organizations, memberships, codes."""
