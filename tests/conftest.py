"""Settings that every test shares."""

from hypothesis import settings

# The same examples on every machine, and no deadline: a shared machine may be slow.
settings.register_profile("gradstep", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("gradstep")
