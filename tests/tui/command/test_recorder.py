"""`--recorder`: one file, short enough to be read, for any terminal and any Python of PyTorch's."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from tui.__main__ import main


def test_the_recorder_is_short_and_needs_torch_and_numpy_alone(capsys):
    assert main(["--recorder"]) == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert len(lines) <= 200
    assert max(map(len, lines)) <= 100
    assert text.isascii()
    tree = ast.parse(text, feature_version=(3, 10))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module for node in imports if isinstance(node, ast.ImportFrom)}
    names |= {each.name for node in imports if isinstance(node, ast.Import) for each in node.names}
    outside = {str(name).partition(".")[0] for name in names}
    assert outside == {
        "atexit",
        "contextlib",
        "functools",
        "json",
        "numpy",
        "pathlib",
        "sys",
        "torch",
    }


def test_the_recorder_is_the_one_that_has_been_tried_with_pytorch(capsys):
    main(["--recorder"])
    known = Path(__file__).parents[2] / "fixtures" / "records" / "recorder.sha256"
    printed = hashlib.sha256(capsys.readouterr().out.encode()).hexdigest()
    assert printed == known.read_text("utf-8").strip(), "python -m tests.recorder"
