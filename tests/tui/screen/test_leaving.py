"""The way out waits longer while something is unsaved."""

import pytest

from tui.screen import leaving


@pytest.mark.parametrize(("saved", "ended"), [(False, []), (True, [3])])
def test_a_program_that_leaves_while_it_saves_is_not_ended(monkeypatch, saved, ended):
    monkeypatch.setattr(leaving, "LEAVE_SECONDS", 0.0)
    found: list[int] = []

    def asked():
        way.over()
        return saved

    way = leaving.Leaving(asked, lambda: None)
    monkeypatch.setattr(way, "end", found.append)
    way.begin(3)
    way._insist()
    assert found == ended
