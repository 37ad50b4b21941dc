"""The command: `python -m tui`."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> int:
    from engine.runfile import load
    from engine.session import Session
    from tui.app import GradstepApp

    app = GradstepApp(Session(load("worked-example")))
    app.run(mouse=False)
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
