"""Tests of the command palette on screens that have no room for it."""

from __future__ import annotations

import pytest

from engine.runfile.read import load
from engine.session.session import Session
from tui.actions.desk import Desk
from tui.keys import Keymap
from tui.screen.app import GradstepApp
from tui.text.format import Text


@pytest.mark.parametrize("size", [(80, 3), (1, 1), (80, 24)])
async def test_a_page_of_commands_without_room_is_not_turned(size: tuple[int, int]) -> None:
    app = GradstepApp(Desk(Session(load("worked-example")), Text()), Keymap())
    async with app.run_test(size=size) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause(0.5)
        await pilot.press("pagedown", "pagedown", "pageup")
        await pilot.pause(0.1)
        assert app.is_running


async def test_questions_are_found_by_their_words_and_answered() -> None:
    app = GradstepApp(Desk(Session(load("worked-example")), Text()), Keymap())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+p")
        await pilot.pause(0.3)
        await pilot.press(*"bias get")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await pilot.pause(0.3)
        page = app.main.actions.frame().page
        assert page is not None
        assert page.title == "answer"
