"""Properties run the same examples every time, so that a failure is the change's and not the day's."""

from hypothesis import settings

settings.register_profile("values", derandomize=True, max_examples=300, deadline=None, database=None)
settings.load_profile("values")
