"""Reports of an import: reconciliation and rows."""
