"""Common parts of all steps of an import: transactions, workers, errors, flags, manifest."""
