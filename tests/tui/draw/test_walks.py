"""Walks through runs, with all that is drawn on the way: `pytest tests/tui/draw --snapshot-update`
writes it down anew; look at what differs.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.runfile.read import builtin_names
from engine.session.session import Session
from engine.spec.run import LossSpec, RunSpec
from tests.engine.lived import run
from tests.engine.networks import network
from tests.tui.actions.test_against import written
from tests.tui.actions.test_grading import SHEET
from tests.tui.keyboard import Keyboard
from tests.tui.walked import Walk
from tui.text.format import Text

NETWORKS: dict[str, Callable[[], RunSpec]] = {
    "one unit": lambda: network((1, 1), ("identity",), LossSpec("mse"), 1),
    "wide and narrow": lambda: network(
        (3, 12, 1, 5), ("relu", "tanh", "softmax"), LossSpec("cross_entropy"), 3
    ),
    "wider": lambda: network((9, 5, 30, 4), ("gelu", "elu", "sigmoid"), LossSpec("mse"), 2),
    "deep": lambda: network((2, 1, 2, 1, 2, 1), ("silu",) * 4 + ("identity",), LossSpec("l1"), 5),
}
WALKS = {
    "worked-example": """
        @80x24 g n*17 h l j k tab tab z n left j z tab o u U
        @120x40 o :2.1 n*8 f n*4
        @200x60 n f f n n n f o Z*4 :3.dW1 j l
        @80x24 enter j j z k q ; j enter j q enter q q * j enter j enter q q > > < < q
        @80x24 x j j tab q w j q y j q
        @80x24 :2.W1 enter j z q ; enter q q * j enter q > < q x j q w q y q b p j q
        @80x24 :1.loss enter j z q ; enter q j enter q j enter q * q > < q x j q w q
        @80x24 :1.loss d*3 D D o w q x q
        @60x20 g n*5 f n n f n tab*3 enter q x q w q ? j q
        @40x12 g f f tab tab f tab z n n enter q x q
        @30x5 g @80x23 g @79x24 g @81x40 g @90x30 g @100x50 g @118x60 g @119x33 g @160x28 g
        @240x70 g n f f
        @80x24 e+0+. 5+enter y j enter y q O :3.W2 x j q e "-1 x q w q y j j q o x q
        @80x24 :9.1 : 5+0 %+enter ' m+q : "1.99 "x : q+enter m a : "-3 ' a 3+[ ] 2+] U u
        @80x24 :2.W1 = enter q :2.dW2 l = enter j q @60x20 :1.z1 = q @120x40 :1.db1 = q :1.loss = q
        @80x24 !grade "sheet.txt . . , n enter q ; q @120x40 . . @60x20 .
        @80x24 !practice " n "0.5 "1.2 "? "? "? "1.1 n "0.46 "0.8 n "7 "7 "? @60x20 n "1 @120x40 "?
        @80x24 !practice "delta2 "0.5628 "0.5628 n "? "! "! !practice_summary j q !end_practice
        @80x24 b "loss_<_0.7 c p j q c C b p d q a "20 G [ ] O p q
        @120x40 g .*6 , i "a_word_of_mine . q
        ascii @80x24 g n*17 enter q x q w q ; q * q > q
        ascii @160x50 :2.1 n f f n n f o
    """,
    "adam-decay": """
        @80x24 :2.1 f n f n*3 f n*8
        @120x40 :2.W2 h j j l z n z enter j q w q x q o > q
        @200x60 :3.m.W1 n n n Z Z w q
        ascii @80x24 :2.m.W3 n*5 enter q w q
    """,
    "article-script": """
        @80x24 g t f t o :12.W1 enter q w q x q ; j enter q q y q
        @120x40 :1.W1 t t 9+t enter
    """,
    "batch-order": """
        @80x24 g n*4 s s S n*10
        @120x40 :4.1 n s enter q f enter s q f n enter q x q f enter q w q
        @200x60 :9.dW1 l s Z*3
        @60x20 :3.1 f n f n s f enter q
        ascii @120x40 :2.z1 s f f n n
    """,
    "dead-unit": """
        @80x24 g n n f f n*4 l ; enter j q q * enter q >*3 q
        @120x40 :2.a1 l enter q f l ; q .*3 ,
        @200x60 :3.delta1 l j enter q
    """,
    "digits": """
        @80x24 g n*3 l j f f n*3 s s n n f enter j q w q
        @120x40 g n n j l s n n f f n*4 enter j q * j q > q x q
        @200x60 g n n n j l f f n f enter q w q Z z tab z tab z
        @60x20 g n f f n f enter q
        @40x12 g n tab f tab f tab z
        ascii @120x40 :2.1 s f f n n
        ascii @200x60 :2.dW1 j
    """,
    "diverging": """
        @80x24 g n n f*4 t*5 9+t 9+9+t 2+0+0+t 2+0+0+t enter q ; j enter q q x q w q
        @120x40 :30.W1 ; enter q q f f o enter q
        @200x60 :60.1 f*3
    """,
    "diverging-clipped": """
        @80x24 g f*3 n*3 f n enter q ; j enter q q w q x q :30.W1 t t > q
        @120x40 :3.norm n*3 enter q w q o
        @200x60 :5.W1 Z enter q
    """,
    "equal-weights": """
        @80x24 g n f f n*4 ; j enter q q > q .*4
    """,
    "iris": """
        @80x24 g n*4 s f n*3 s j n*3 enter q ; j enter q q
        @120x40 :2.1 j s n*3 f f n*3 l f enter q x q w q > q * q
        @200x60 :20.z2 s f f f Z*3 x q w q
        @60x20 :5.1 n s f f n f enter q
        @40x12 :5.z1 tab tab s
        ascii @80x24 :3.1 s f f n f enter q w q
    """,
    "momentum": """
        @80x24 :2.W1 n*5 h enter j q ; j enter q q w q x q b q
        @80x24 !against_a_record "record.npz . . , enter q ; j enter q q !report_on_the_record j j q
        @120x40 !against_a_record "record.npz . . . , enter q n n n N g Z Z
        @200x60 !against_a_record "record.npz . n z l j Z Z
        @60x20 !against_a_record "record.npz . n
        ascii @80x24 !against_a_record "record.npz . n !report_on_the_record q
        @120x40 :3.velocity.W1 :3.W1 n*3 enter q w q o w q
        @200x60 :5.W2 enter q w q
    """,
    "quadratic": """
        @80x24 g n*5 h l j k tab z t*3 n n z o w q x q ; j enter q enter q = q * q
        @60x20 g n*4 tab f n z
        @120x40 :6.1 n n n n
        @200x50 :9.4 z
        ascii @80x24 :4.2 n n z
    """,
    "revived-unit": """
        @80x24 g .*4 f t*3 ; enter q q
        @120x40 :2.a1 l f f n*5 f n*4 enter q
        @200x60 :4.m.W1 n n l w q
    """,
    "saturated-entropy": """
        @80x24 g n n f f n enter q ; j enter q q * j q .*3
    """,
    "saturated-mse": """
        @80x24 g n*9 enter q ; j enter q q * j q > q
        @120x40 :2.1 n f n*3 enter q ; j j enter q q f x q w q
        @200x60 :3.yhat n n l
    """,
    "saturated-tanh": """
        @80x24 g n n f f n*3 ; j enter q q * q > q .*3
    """,
    "soft-labels": """
        @80x24 g n f enter q f n enter q ; enter q q f x q .*3
        @120x40 :2.loss n enter q w q
    """,
    "softmax": """
        @80x24 g n*6 enter q ; j enter q q * j q > q x q w q y q
        @120x40 :2.1 n*5 enter q
        @200x60 :3.1 n n n o
        @60x20 :3.1 n*3
    """,
    "softmax-jacobian": """
        @80x24 g n*8 l j enter q ; j enter q q * j q > q
        @120x40 :2.1 n*4 l n n enter q
        @200x60 :2.yhat n n
    """,
    "spirals": """
        @80x24 g n n s n f n n j l n*6 f enter q w q
        @120x40 :3.z2 s n f f n n n j n n n enter q x q w q
        @200x60 :20.z1 s f f n f x q w q Z*3
        @60x20 :3.1 n s f f n f enter q
        @40x12 :3.z1 tab tab s tab
        ascii @80x24 :3.1 s n f f n f enter q w q
        ascii @200x60 :3.dW2 s
    """,
    "ten-layers": """
        @80x24 g n n j f f n*4 j f n enter q ; j enter q q * q > q
        @120x40 :2.z5 n f f n*4 f enter q w q x q
        @200x60 :3.z9 f f n n f Z*3
        @60x20 :3.a4 f f n f
        @40x12 :3.a4 tab*3
    """,
    "ten-layers-relu": """
        @80x24 :2.a3 l f f 9+n n*3 ; enter q q * j q
        @200x60 :2.a7 f f 9+n
    """,
    "settings": """
        @80x24 :2.1 n*30 j enter q w q x q = enter q
        @120x40 :3.1 f n n f f n*3 s f n n n o enter q w q
    """,
    "twins": """
        @80x24 :2.W1 n o x j q w q O y j q enter q
        @120x40 :2.loss f n o
    """,
    "made": """
        @80x24 :2.1 n*16 s enter q x q
        @120x40 :3.1 s f n f n n f enter q
    """,
    "entered": """
        @80x24 g n n n f f n*9 f n n t enter q w q
        @120x40 g f f f n n t enter q
    """,
    "one unit": """
        @80x24 g n*8 enter q ; j enter q q * q > q x q w q = enter q y q
        @120x40 g n*4 f n @200x60 g n f n n f @60x20 g n f n f
    """,
    "wide and narrow": """
        @80x24 g n j s n l s n j n s n*5 f n n l n n f = enter q enter q * j q
        @41x14 :1.a1 l s @47x20 @60x30 @70x20 @75x40 @80x24 @84x28 @100x33 @121x60 @160x45 @200x60
        @41x14 :1.dW2 l j @47x20 @60x30 @70x20 @75x40 @80x24 @84x28 @100x33 @121x60 @160x45 @200x60
        ascii @60x30 :1.dW2 @75x40 @80x24 @100x33 @121x60
    """,
    "wider": """
        @80x24 g n 4+j n n 2+0+l s n n 9+l n j j n f n*9 2+0+l n f enter q > q
        @60x20 :1.a2 2+9+l z @80x24 @120x40 @200x60 :1.dW2 z 9+j l @80x24 tab @60x20
        @80x24 tab tab tab z l j @60x20 @120x40 @200x60 z tab z @80x24
    """,
    "deep": """
        @80x24 g n*12 s n*9 f n n n f * q ; j enter q q
        @60x20 :1.a3 s @80x24 @120x40 @200x60 z @80x24 :1.dW3 l z @60x20 @41x14
    """,
    "xor": """
        @80x24 g n s n j n s n s f enter q s f n*4 l n*4 f enter q
        @120x40 :30.1 s n n f f n n s n f enter q x q w q ; j enter q q
        @200x60 :90.1 s n f f n f Z*3 x q w q .
        @60x20 :9.z1 s f f n f enter q
        @40x12 :9.z1 tab s tab tab z
        ascii @120x40 :4.a1 s f f n n f x q
    """,
}
"""By run: walks as `tests.tui.walked.press` understands them, each in a line."""
LESSON = """
        @60x20 g .*10
        @41x14 g .*10
"""
"""Of each built-in run, which has one."""
WITH_BARS = "worked-example", "ten-layers"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where there are a sheet and a record."""
    folder = tmp_path_factory.mktemp("walks")
    (folder / "sheet.txt").write_text(SHEET, "utf-8")
    (folder / "record.npz").write_bytes(written(2.0))
    return folder


def begun(name: str, text: Text) -> Keyboard:
    """At the start of a built-in run, or of one of `NETWORKS`."""
    keys = Keyboard(text=text)
    spec = NETWORKS[name]() if name in NETWORKS else run(name)
    keys.context.desk.session = Session(spec)
    return keys


@pytest.mark.parametrize("name", WALKS)
def test_on_a_walk_this_is_drawn(name, snapshot, folder, monkeypatch):
    monkeypatch.chdir(folder)
    walk, shown = Walk(bars=name in WITH_BARS), []
    lines = WALKS[name] + LESSON * (name in builtin_names())
    for line in filter(None, map(str.strip, lines.split("\n"))):
        plain, _, ascii = line.partition("ascii ")
        keys = begun(name, Text(ascii=bool(ascii)))
        shown += ["", line, *walk.walked(keys, ascii or plain)]
    assert "\n".join(shown) == snapshot
