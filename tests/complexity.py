"""`python -m tests.complexity`: names the functions with too many ways through them.

By radon's count, which sees ternaries, and/or and comprehensions; the asserts of tests aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from radon.complexity import cc_visit

ROOT = Path(__file__).parent.parent
MOST = 15


def too_many(path: Path) -> Iterator[str]:
    """A sentence on each function of a file with more than MOST ways through it."""
    for block in cc_visit(path.read_text(encoding="utf-8"), no_assert=True):
        if block.letter != "C" and block.complexity > MOST:
            place = f"{path.relative_to(ROOT)}:{block.lineno}"
            yield f"{place} {block.fullname} has {block.complexity} ways, and may have {MOST}"


def main() -> int:
    """0 where no function is named, else 1."""
    paths = [path for top in ("engine", "tui") for path in (ROOT / top).rglob("*.py")]
    found = [sentence for path in sorted(paths) for sentence in too_many(path)]
    for sentence in found:
        print(sentence)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
