"""What is imported when, and that no modules need each other in a circle."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.tui.terminals import ROOT, environment

LATER = {
    "_hashlib",  # with OpenSSL, 1.3 MB
    "argparse",  # with the parser that it makes, 20 ms
    "engine.against",
    "engine.analysis.conditions",  # 3 ms
    "engine.analysis.conditiontext",  # 5 ms
    "engine.analysis.descent",  # 2 ms
    "engine.analysis.landmarks",  # 3 ms
    "engine.analysis.landscape",
    "engine.analysis.passes",
    "engine.analysis.passtable",
    "engine.analysis.questions",  # with what they ask, 20 ms
    "engine.analysis.search",  # 3 ms
    "engine.analysis.tested",
    "engine.analysis.evaluation",
    "engine.analysis.whatif",  # 1 ms
    "engine.analysis.regions",
    "engine.arrayfiles",
    "engine.catalog.activations.relu",  # and other rows that its run has not: with them 20 ms
    "engine.catalog.csvdata",  # 2 ms
    "engine.catalog.datasets",  # 3 ms
    "engine.catalog.losses.mse",
    "engine.catalog.optimizers.adagrad",  # and other rows that its run has not: with them 4 ms
    "engine.catalog.optimizers.newton",
    "engine.catalog.optimizers.rprop",
    "engine.catalog.schedules.step",
    "engine.history.examined",
    "engine.program.exam",
    "engine.program.penalty",
    "engine.program.penaltysteps",
    "engine.functions",
    "engine.history.course",
    "engine.program.alone",
    "engine.drawn",
    "engine.formula.bfloat",
    "engine.program.accumulate",
    "engine.recorded",
    "engine.runfile.alone",
    "engine.runfile.batchfile",
    "engine.runfile.datafile",
    "engine.runfile.entered",  # with what it reads, 4 ms
    "engine.runfile.entry",
    "engine.runfile.heldout",
    "engine.runfile.numbering",
    "engine.runfile.penalties",
    "engine.runfile.position",
    "engine.runfile.statefile",
    "engine.runfile.template",  # 3 ms
    "engine.runfile.write",  # 1 ms
    "engine.saving",  # 11 ms
    "engine.session.lessontext",  # 6 ms
    "engine.sheets",  # 41 ms
    "tui.actions.against",
    "tui.actions.branching",
    "tui.actions.copying",
    "tui.actions.changes",  # 3 ms
    "tui.actions.files",  # 12 ms
    "tui.actions.goto",  # 3 ms
    "tui.actions.looks",
    "tui.actions.moves",
    "tui.actions.pictures",
    "tui.actions.places",
    "tui.actions.play",
    "tui.actions.pointing",
    "tui.actions.practice",  # 11 ms
    "tui.actions.program",
    "tui.actions.running",  # 6 ms
    "tui.actions.saving",  # 12 ms
    "tui.actions.search",  # 6 ms
    "tui.actions.views.against",
    "tui.actions.views.branches",
    "tui.actions.views.breakpoints",  # 6 ms
    "tui.actions.views.compare",  # 2 ms
    "tui.actions.views.explain",
    "tui.actions.views.help",
    "tui.actions.views.practised",  # 7 ms
    "tui.actions.views.table",
    "tui.actions.views.what_if",  # 2 ms
    "tui.actions.views.why",
    "tui.draw.across",
    "tui.draw.alone",
    "tui.draw.columns",  # with what they draw, 6 ms
    "tui.draw.landscape",
    "tui.draw.loss",
    "tui.draw.norms",
    "tui.draw.penalty",
    "tui.draw.passes",
    "tui.draw.passtable",
    "tui.draw.steps",
    "tui.draw.tested",
    "tui.draw.evaluation",
    "tui.actions.views.evaluation",
    "tui.text.plot",
    "tui.text.axes",
    "tui.text.contour",
    "tui.text.curve",
    "tui.text.paths",
    "tui.text.scale",
    "tui.command.blocks",
    "tui.command.line",  # 10 ms
    "tui.command.manpage",
    "tui.command.linemode",
    "tui.command.records",
    "tui.command.request",
    "tui.command.tested",
    "tui.frame.hits",
    "tui.frame.tested",
    "tui.frame.courses",
    "tui.command.shells",
    "tui.draw.under",
    "tui.draw.whole",
    "tui.screen.clipboard",
    "tui.text.svg",
    "tui.command.typed",
    "tui.lines",
}
"""What the first picture of the worked example does not wait for, with the time that each takes to
import; some are in others.
"""

PAINT = """
import asyncio, sys
from textual.app import App
from tui import __main__
from tui.command import app

async def until_painted(self):
    async with self.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        print(*sys.modules, sep="\\n")

app.has_terminal = lambda: True
App.run = lambda self, **_: asyncio.run(until_painted(self))
sys.exit(__main__.main([]))
"""

COMMAND = """
import sys
from tui import __main__
try:
    status = __main__.main(sys.argv[1:])
except SystemExit as end:
    status = end.code
print("\\f")
print(*sys.modules, sep="\\n")
sys.exit(status)
"""


def modules(code: str, *arguments: str) -> set[str]:
    """The modules that are there when the code has run."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = set(done.stdout.rpartition("\f")[2].split())
    assert "tui.__main__" in found
    return found


def within(name: str, packages: set[str]) -> bool:
    """Whether a module is one of these or in one of them."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_the_first_picture_waits_for_nothing_that_it_does_not_show():
    found = modules(PAINT)
    assert {"hashlib", "tui.screen.app", "tui.draw.step", "engine.session.session"} <= found
    assert [name for name in sorted(found) if within(name, LATER)] == []


@pytest.mark.parametrize("word", ["--version", "--help"])
def test_help_and_version_need_the_standard_library_alone(word):
    found = modules(COMMAND, word)
    assert not within("numpy", found)
    assert {name for name in found if name.startswith(("engine", "textual", "rich"))} == {"engine"}
    assert {name for name in found if name.startswith("tui.")} == {
        name for name in found if name.startswith(("tui.command", "tui.__main__"))
    }


@pytest.mark.parametrize(
    "words", ["--plain", "--json", "--plain --size 80x24", "--list", "--check", "--template"]
)
def test_what_prints_needs_no_textual(words):
    found = modules(COMMAND, *words.split())
    assert "numpy" in found
    assert not within("textual", found)
    assert not within("rich", found)
    if words in ("--plain", "--json"):
        assert "engine.catalog.optimizers.muon" not in found, "a row that the run has not"


# -- in the source ---------------------------------------------------------------------------------

SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for room in ("engine", "tui")
    for path in (ROOT / room).rglob("*.py")
}


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules of this project that are imported in it, also for types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in SOURCES)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in SOURCES else str(node.module)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: set(imported(parsed(path))) & SOURCES.keys() for name, path in SOURCES.items()}
    TopologicalSorter(graph).prepare()  # names the circle where there is one


def test_a_function_imports_only_what_the_first_picture_does_not_wait_for():
    """In `tui.command` also what --help does not wait for."""
    assert all(find_spec(name) for name in LATER)
    found = [
        (name, what)
        for name, path in SOURCES.items()
        if not name.startswith("tui.command.")
        for function in ast.walk(parsed(path))
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for what in imported(function)
    ]
    assert found
    assert [pair for pair in found if not within(pair[1], LATER)] == []
