"""Parts that every resolver uses: request context, mutations, batching, paging, global ids."""
