"""The command: `python -m tui`. Exit status 0, 2 for what cannot be asked, 1 for failures."""

from __future__ import annotations

import gc
import os
import signal
import sys

from tui.command.output import fail
from tui.command.start import run

# One BLAS thread: small matrices gain nothing from more, and replay stays exact. NumPy reads it
# when it is first imported, which is not yet.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

UNMAPPED = ("failed to map segment", "Cannot allocate memory")
"""What the loader of compiled modules says where memory is short."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; the exit status."""
    gc.disable()  # what is imported now stays; the app turns it on after its first picture
    try:
        status = run(argv)
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (MemoryError, ImportError) as error:
        if isinstance(error, ImportError) and not any(each in str(error) for each in UNMAPPED):
            raise
        print("gradstep: there is not enough memory.", file=sys.stderr)
        return 1
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still unwritten
        fail(error)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
