"""A soak: lives of the real program in a pseudo-terminal, with keys, kills and failing files.

    python -m tests.soak [--minutes N] [--keys N] [--kills N] [--faults N] [--seed N] [--workers N]

Each life has a state folder that it inherits from the one before: it opens a run or resumes, takes
random keys, text, pastes, sizes and signals, and ends by a key, a signal or SIGKILL. After each:
no traceback, an exit status that is meant, the terminal as it was, and the session that was
saved opens at the place that the screen showed. Then one life is lived again and again, with each
of its calls of the operating system that touch a file failing once, as ENOSPC, EACCES, ENOENT and
EINTR.
"""
