"""What is said of saved sessions in which one thing is another one: `pytest tests/engine/saving
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

from engine.analysis.breakpoints import added
from engine.history.position import Position
from engine.saving.read import RestoreError, restored
from engine.saving.write import written
from engine.session.session import Session
from engine.spec.run import MOST_ITERATIONS
from tests.engine.lived import follow, run
from tests.leaves import GONE, told

JUNK: tuple[Any, ...] = (GONE, True, -1, MOST_ITERATIONS + 1, "", [])


def small() -> Session:
    """A session with a branch by an edit, a breakpoint of each kind, a mark and a selection."""
    session = Session(run("worked-example"))
    session.go(Position(3, 5))
    session.mark("a")
    follow(session, session.edit("W1", (0, 1), 0.9, "W1[1,2]"))
    session.go(Position(4, 2))
    for kind, text in (("step", "dW2"), ("condition", "loss < 1")):
        session.breakpoints = added(session.breakpoints, kind, text)  # type: ignore[arg-type]
    return session


def plain(error: RestoreError) -> str:
    """The sentence, without what Python says of its own."""
    said = str(error).removeprefix("The session cannot be opened: ")
    return re.sub(r"\(((?!Value)\w+): .*\)", r"(\1)", said)


def test_each_place_of_a_saved_session(snapshot):
    document, arrays = written(small())
    document = json.loads(json.dumps(document))
    run = document.pop("run")

    def read(other: Any) -> list[str]:
        try:
            again = restored({**other, "run": run}, arrays).session
        except RestoreError as error:
            return [plain(error)]
        found = json.loads(json.dumps(written(again)[0]))
        return ["reads", *(key for key in other if found.get(key) != document.get(key))]

    assert "\n".join(told(document, read, JUNK)) == snapshot


def test_each_array_of_a_saved_session(snapshot):
    document, arrays = written(small())
    lines = []
    for name, array in arrays.items():
        if name.startswith("run."):
            continue
        others = {
            "gone": None,
            "flat": array.ravel()[:1],
            "turned": array.T,
            "nan": np.full_like(array, np.nan, dtype=np.float64),
            "more": np.repeat(array, 2, 0),
        }
        said: dict[str, list[str]] = {}
        for what, other in others.items():
            made = {key: each for key, each in arrays.items() if key != name}
            try:
                restored(document, made | ({} if other is None else {name: other}))
                text = "reads"
            except RestoreError as error:
                text = plain(error)
            said.setdefault(text, []).append(what)
        lines.append(f"{name}: " + "; ".join(f"{' '.join(w)} → {text}" for text, w in said.items()))
    assert "\n".join(lines) == snapshot
