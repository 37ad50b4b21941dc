"""What the app does beside drawing: resizing, playing, the themes."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from textual import events
from textual.command import Hits
from textual.pilot import Pilot
from textual.system_commands import SystemCommandsProvider

from engine.history.position import Position
from engine.runfile.read import load
from engine.saving.folder import path_for, sessions
from engine.saving.read import restored
from engine.saving.store import load as load_session
from engine.session.session import Session
from engine.spec.problem import Problem
from tui.actions.desk import Desk
from tui.actions.effects import Wish
from tui.draw.wants import placed
from tui.screen.app import GradstepApp
from tui.screen.themes import DARK, LIGHT, SIXTEEN_DARK, SIXTEEN_LIGHT

SIXTEEN = SIXTEEN_DARK, SIXTEEN_LIGHT


def started() -> GradstepApp:
    return GradstepApp(Desk(Session(load("worked-example"))))


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError("it has not come to that")


async def test_a_terminal_that_was_another_size_meanwhile_is_painted_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    display = GradstepApp._display

    def noted(self: GradstepApp, screen: object, renderable: object) -> None:
        sent.append(type(renderable).__name__)
        display(self, screen, renderable)  # type: ignore[arg-type]

    monkeypatch.setattr(GradstepApp, "_display", noted)
    app = started()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        sent.clear()
        await pilot.press("right")
        assert "LayoutUpdate" not in sent
        app.post_message(events.Resize(app.size, app.size))
        await until(pilot, lambda: "LayoutUpdate" in sent)


async def test_playing_goes_on_by_the_clock_until_another_key() -> None:
    app = started()
    async with app.run_test() as pilot:
        await pilot.press("4", "+", "space")
        session = app.actions.context.session
        await until(pilot, lambda: session.position.step > 1)
        await pilot.press("left")
        there = session.position
        await pilot.pause(0.2)
        assert session.position == there


async def test_panes_that_a_larger_terminal_has_beside_are_in_its_first_picture() -> None:
    app = started()
    whole: list[bool] = []

    class Pictures:
        """Notes of each picture whether every pane was in it."""

        def hold(self) -> None:
            pass

        def take(self, *_: object) -> None:
            pass

        def release(self) -> None:
            boxes = placed(app.actions.frame(), *app.size)
            whole.append({pane.id: pane.region for pane in app.main.children if pane.size} == boxes)

    async with app.run_test() as pilot:
        app._terminal = SimpleNamespace(pictures=Pictures(), restore=lambda: None)  # type: ignore[assignment]
        for size in ((120, 40), (60, 20), (200, 60)):
            whole.clear()
            await pilot.resize_terminal(*size)
            await until(pilot, lambda: bool(whole))
            assert all(whole)
        app._terminal = None


@pytest.mark.parametrize(("colours", "dark", "light"), [("truecolor", DARK, LIGHT), ("", *SIXTEEN)])
async def test_the_theme_follows_the_ground_until_one_is_chosen(monkeypatch, colours, dark, light):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLORTERM", colours)
    monkeypatch.delenv("COLORFGBG", raising=False)
    app = started()
    async with app.run_test() as pilot:
        app.on_ground(False)
        assert app.theme == dark.name
        app.on_ground(True)
        assert app.theme == light.name
        assert not app.actions.context.shown.dark
        await pilot.press("v")
        assert app.theme == dark.name
        app = started()
    async with app.run_test() as pilot:
        await pilot.press("v")
        app.on_ground(False)
        assert app.theme == light.name
        await pilot.press("v")
        app.on_ground(True)
        assert app.theme == dark.name


@pytest.mark.parametrize(
    ("colours", "themes"), [("truecolor", (LIGHT, DARK)), ("", (SIXTEEN_LIGHT, SIXTEEN_DARK))]
)
async def test_the_themes_take_turns(monkeypatch, colours, themes) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLORTERM", colours)
    monkeypatch.delenv("COLORFGBG", raising=False)
    app = started()
    async with app.run_test() as pilot:
        for theme in themes:
            await pilot.press("v")
            assert app.theme == theme.name


async def test_a_place_far_off_to_start_at_is_gone_to_once_the_screen_is_there() -> None:
    app = started()
    app.main.first = app.actions.go_to(app.actions.context.session.target("40000.6"))
    async with app.run_test() as pilot:
        session = app.actions.context.session
        await until(pilot, lambda: session.position.iteration == 40_000)
        assert session.position.step == 6
        assert app.actions.context.jobs.current is None


async def test_an_enter_in_the_palette_waits_for_what_was_typed_to_be_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    search = SystemCommandsProvider.search

    async def slow(self: SystemCommandsProvider, query: str) -> Hits:
        await asyncio.sleep(0.3)
        async for hit in search(self, query):
            yield hit

    monkeypatch.setattr(SystemCommandsProvider, "search", slow)
    app = started()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: app.focused is not None)
        await pilot.pause(0.3)  # all commands are listed now, and the first one is not the one
        app.post_message(events.Paste("next step"))
        app.post_message(events.Key("enter", "\r"))
        await until(pilot, lambda: app.screen is app.main)
        await until(pilot, lambda: app.actions.context.session.position.step == 1)


async def test_what_was_typed_before_it_leaves_is_saved() -> None:
    app = started()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.arrived([("right", None), ("right", None)])
        assert app.main.autosave.saved
        app.main.finish()
        app.main.autosave.save_now()
    (entry,) = sessions()
    stored = load_session(path_for(entry.name))
    assert restored(stored.document, stored.arrays).session.position == Position(1, 2)


async def test_once_the_app_is_leaving_nothing_is_drawn_mounted_or_begun() -> None:
    app = started()
    async with app.run_test() as pilot:
        await pilot.pause()
        panes, theme = [*app.main.children], app.theme
        app.leave()
        effects = app.actions.press("?", "?")
        app.main.perform((*(effects or ()), Wish.PALETTE, Wish.THEME))
        app.main.do("zoom")
        app.main.show()
        assert [*app.main.children] == panes
        assert app.theme == theme
        assert app.screen is app.main
    assert app.return_code == 0
    assert app.failure is None


async def test_the_first_status_is_the_one() -> None:
    app = started()
    async with app.run_test():
        app.leave(143)
        app.leave(0)
    assert app.return_code == 143


@pytest.mark.parametrize(
    ("leaves", "ours", "status"),
    [(False, False, 1), (False, True, 1), (True, False, 0), (True, True, 1)],
)
async def test_what_it_cannot_go_on_with_ends_it_unless_a_widget_meets_it_on_the_way_out(
    leaves: bool, ours: bool, status: int
) -> None:
    app = started()
    error: Exception = ValueError("of a widget")
    if ours:
        with pytest.raises(Problem) as raised:
            load("no such run")
        error = raised.value
    async with app.run_test():
        if leaves:
            app.leave()
        app.failed(error)
    assert app.failure is (error if status else None)
    assert app.return_code == (0 if leaves else 1)
