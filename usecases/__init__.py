"""The actions: one function each, refusing with a stated reason, knowing neither GraphQL nor HTTP."""
