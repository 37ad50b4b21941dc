"""Panes: what is sent is what changed, and the screen after it is what a full drawing gives."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from tests.bench import cells as emulator
from tui.screen import inside
from tui.screen.paint import PaneScreen, PaneUpdate, pane_update
from tui.screen.pane import Pane, literal
from tui.text.raster import Line

WIDTH, HEIGHT = 40, 8


class Counter(Pane[int]):
    """A pane whose row n % height changes."""

    def draw(self, frame: int, width: int, height: int) -> list[Line]:
        rows: list[Line] = [
            ((f"row {y} {frame if y == frame % height else '-'}", "dim"),)
            for y in range(height - 1)
        ]
        return [*rows, (("x" * (width - 5), ""), (f"{frame:+5d}", "write"))]


class Nothing(Static):
    """A widget that is not a pane."""


class Probe(App[None]):
    CSS = """
    Counter { width: 1fr; height: 1fr; }
    .framed { border: solid red; padding: 0 1; }
    Nothing { layer: over; width: 12; height: 2; offset: 5 2; display: none; }
    Screen { layers: under over; }
    .pane--write { color: $warning; text-style: bold; }
    .pane--dim { color: $primary; }
    Horizontal { layer: under; }
    """

    def __init__(self, framed: bool = False) -> None:
        super().__init__()
        self.panes = [Counter(classes="framed" if framed else None), Counter()]
        for pane in self.panes:
            pane.show(0)

    def get_default_screen(self) -> Screen[object]:
        return PaneScreen(id="_default")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield from self.panes
        yield Nothing("over")

    def show(self, frame: int) -> None:
        for pane in self.panes:
            pane.show(frame)


def full(app: Probe) -> str:
    return app.screen._compositor.render_full_update().render_segments(app.console)


def partial(app: Probe) -> tuple[str, bool]:
    """What the app would send now, and whether it went the short way."""
    compositor = app.screen._compositor
    compositor.update_widgets(set(app.panes))
    update = compositor.render_partial_update()
    if update is None:
        return "", False
    return update.render_segments(app.console), isinstance(update, PaneUpdate)


def picture(*outputs: str) -> emulator.Screen:
    screen = emulator.Screen(WIDTH, HEIGHT)
    for output in outputs:
        screen.feed(output.encode())
    return screen


async def test_a_pane_that_has_left_the_screen_takes_frames() -> None:
    app = Probe()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        await app.panes[0].remove()
        app.show(5)  # as a job does that is still under way when the program ends


@pytest.mark.parametrize("framed", [False, True])
async def test_partial_updates_give_the_full_picture(framed: bool) -> None:
    app = Probe(framed)
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        sent = [full(app)]
        for frame in (1, 2, 3, 12, -4, -4, 0):
            app.show(frame)
            output, short = partial(app)
            assert short or not output
            assert len(output) < 500
            sent.append(output)
            after = picture(*sent)
            assert after.text() == picture(full(app)).text()
            assert after.cells == picture(full(app)).cells
        assert sent[6] == ""


async def test_rows_are_shown_at_once_where_nothing_else_is_to_be_painted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Probe()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        shown: list[PaneUpdate] = []
        monkeypatch.setattr(app, "_display", lambda _, update: shown.append(update))
        screen = app.screen
        assert isinstance(screen, PaneScreen)

        def at_once(frame: int) -> bool:
            shown.clear()
            screen.show_rows([(pane, pane.changed(frame)) for pane in app.panes])
            return bool(shown)

        sent = [full(app)]
        for frame in (1, 2, 12, -4):
            assert at_once(frame)
            sent.append(shown[0].render_segments(app.console))
            assert picture(*sent).cells == picture(full(app)).cells
        assert not at_once(-4)
        assert not screen._dirty_widgets
        for name in ("_layout_required", "_repaint_required", "_scroll_required"):
            setattr(screen, name, True)
            assert not at_once(5)
            setattr(screen, name, False)
            assert partial(app)[1]
            screen._dirty_widgets.clear()
            assert at_once(6)
        app.panes[0].refresh()
        screen._dirty_widgets.add(app.panes[0])
        assert not at_once(7)
        await pilot.pause()
        app.panes[1].styles.padding = 1
        await pilot.pause()
        assert not at_once(8)
        await pilot.pause()
        app.panes[1].styles.padding = 0
        await pilot.pause()
        app.push_screen(ModalScreen())
        await pilot.pause()
        assert not at_once(9)


async def test_cells_outside_the_rows_of_a_pane_are_left_to_textual() -> None:
    """Those of a border or padding, which a pane does not draw."""
    app = Probe(framed=True)
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        layers = app.screen._compositor.layers_visible
        region = app.panes[0].region
        inner = app.panes[0].content_region
        assert (inner.x, inner.y, inner.right) == (2, 1, region.right - 2)
        for row, start, end, short in (
            (1, inner.x, inner.right, True),
            (1, inner.x - 1, inner.right, False),
            (1, inner.x, inner.right + 1, False),
            (1, 0, 1, False),
            (0, inner.x, inner.right, False),
            (inner.bottom - 1, inner.x, inner.right, True),
            (inner.bottom, inner.x, inner.right, False),
            (1, region.right, WIDTH, True),
            (1, region.right - 2, WIDTH, False),
        ):
            update = pane_update([(row, start, end)], layers)
            assert (update is not None) == short, (row, start, end)
        assert pane_update([], layers) is None
        assert pane_update([(1, 2, 3), (0, 2, 3)], layers) is None


async def test_an_overlay_is_not_painted_over() -> None:
    app = Probe()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        app.query_one(Nothing).display = True
        await pilot.pause()
        before = full(app)
        app.show(2)
        output, short = partial(app)
        assert not short
        assert picture(before, output).cells == picture(full(app)).cells
        assert "over" in picture(before, output).text()


async def test_without_textuals_private_names_textual_draws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inside, "update_by", inside._leave)
    monkeypatch.setattr(inside, "mark_dirty", inside._refresh)
    monkeypatch.setattr(inside, "show_rows", inside._show_none)
    app = Probe()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        before = full(app)
        assert isinstance(app.screen, PaneScreen)
        app.screen.show_rows([(pane, pane.changed(2)) for pane in app.panes])
        output, short = partial(app)
        assert output
        assert not short
        assert picture(before, output).cells == picture(full(app)).cells


async def test_a_theme_a_resize_and_a_modal_screen() -> None:
    app = Probe()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await pilot.pause()
        dark = full(app)
        style = app.panes[0].role_style("write")
        assert style.bold
        assert style != app.panes[0].role_style("")
        app.theme = "textual-light"
        await pilot.pause()
        assert full(app) != dark
        assert app.panes[0].role_style("write") not in (style, app.panes[0].role_style(""))
        await pilot.resize_terminal(30, 6)
        await pilot.pause()
        assert [pane._drawn for pane in app.panes] == [(15, 6), (15, 6)]
        assert "x" * 10 + "   +0" in picture(full(app)).text()
        app.push_screen(ModalScreen())
        await pilot.pause()
        app.show(5)
        await pilot.pause()
        app.pop_screen()
        await pilot.pause()
        assert "   +5" in picture(full(app)).text()


def test_text_is_literal() -> None:
    assert literal((("x[i]\x1b[31m\t", ""),)) == (("x[i]·[31m·", ""),)
    assert literal((("δ[2] ▸", "write"),)) == (("δ[2] ▸", "write"),)
