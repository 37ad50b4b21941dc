"""How many examples hypothesis tries: fewer where `pytest --fast` asks for it."""

from hypothesis import settings

USUAL = 100
"""How many it tries of a test that says nothing else."""

# The same examples on every machine, and no deadline: a shared machine may be slow.
settings.register_profile(
    "gradstep", max_examples=USUAL, deadline=None, derandomize=True, print_blob=True
)
settings.register_profile("fast", settings.get_profile("gradstep"), max_examples=USUAL // 20)


def examples(usual: int) -> int:
    """So many, or the share of them that the profile takes."""
    return max(1, usual * settings().max_examples // USUAL)
