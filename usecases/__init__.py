"""Use cases: one function for each action, which may refuse with a reason and knows neither GraphQL nor HTTP."""
