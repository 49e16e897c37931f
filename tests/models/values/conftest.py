"""Property tests run the same examples every time, so that only a change of the code can make them fail."""

from hypothesis import settings

settings.register_profile("values", derandomize=True, max_examples=300, deadline=None, database=None)
settings.load_profile("values")
