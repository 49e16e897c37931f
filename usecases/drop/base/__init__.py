"""Parts that every step of an import uses: transactions, workers, errors, flags, manifest."""
