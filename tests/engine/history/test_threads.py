"""Training beside the screen changes nothing that the screen sees."""

import threading

import numpy as np

from engine.formula.calls import Array
from engine.history.branching import history_of, switched
from engine.program.trainer import Trainer
from engine.runfile.read import load


def test_a_branch_begins_exactly_however_busy_its_parent_is() -> None:
    spec = load("worked-example")
    assert spec.compare is not None
    quiet = switched(history_of(spec), 3000, spec.compare, fresh=True)
    expected = quiet.trace(3010).after.tobytes()
    seen = [history_of(spec).trace(t).after.tobytes() for t in (1, 700, 2000)]
    for _ in range(5):
        parent = history_of(spec)
        child = switched(parent, 3000, spec.compare, fresh=True)
        job = threading.Thread(target=child.extend, args=(3010,))
        job.start()
        while job.is_alive():
            for t, was in zip((1, 700, 2000), seen, strict=True):
                assert parent.trace(t).after.tobytes() == was
        job.join()
        assert child.trace(3010).after.tobytes() == expected


def test_two_who_train_at_once_train_as_one() -> None:
    spec = load("worked-example")
    alone, shared = history_of(spec), history_of(spec)
    alone.extend(5000)
    jobs = [threading.Thread(target=shared.extend, args=(5000,)) for _ in range(2)]
    for job in jobs:
        job.start()
    for t in range(1, 300):
        shared.trace(t)
    for job in jobs:
        job.join()
    assert shared.frontier == alone.frontier == 5000
    for own, other in zip(shared.losses(5000), alone.losses(5000), strict=True):
        np.testing.assert_array_equal(own, other)
    assert shared.trace(4999).after.tobytes() == alone.trace(4999).after.tobytes()


def test_a_look_does_not_wait_for_a_stretch_under_way() -> None:
    history = history_of(load("worked-example"))
    history.extend(100)
    under_way, seen = threading.Event(), threading.Event()

    def slowly(trainer: Trainer, first: int, last: int, losses: Array) -> None:
        under_way.set()
        assert seen.wait(30)
        trainer.run(first, last, losses)

    job = threading.Thread(target=history.extend, args=(200,), kwargs={"train": slowly})
    job.start()
    assert under_way.wait(30)
    look = threading.Thread(target=lambda: [history.trace(t) for t in (5, 60, 100)])
    look.start()
    look.join(10)
    looked = not look.is_alive()
    seen.set()
    job.join()
    look.join()
    assert looked
    assert history.frontier == 200
