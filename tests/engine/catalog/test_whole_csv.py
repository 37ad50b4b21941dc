"""What is read of many CSV texts, or said of them: `pytest tests/engine/catalog
--snapshot-update` writes it down anew; look at what differs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.catalog.csvdata import CsvSpec, read_csv
from engine.spec.run import SpecError

TEXTS = {
    "plain": "a,b,c\n1,2,x\n3,4,y\n",
    "two samples of a class": "a,b,c\n1,2,x\n3,4,x\n5,6,x\n",
    "quoted": 'a,"b ""q""",c\n"1","2",x\n3,4,"y,z"\n',
    "a line within quotes": 'a,b,c\n1,2,"x\ny"\n3,4,x\n',
    "an open quote": 'a,b,c\n1,2,"x\n3,4,y\n',
    "semicolons": "a;b;c\n1,5;2;x\n3;4;y\n",
    "tabs": "a\tb\tc\n1\t2\tx\n3\t4\ty\n",
    "spaces": " a , b ,c \n 1 , 2 , x \n3,4,y\n",
    "blank lines": "\na,b,c\n\n1,2,x\n\n3,4,y\n\n",
    "no feed at the end": "a,b,c\n1,2,x\n3,4,y",
    "carriage returns": "a,b,c\r\n1,2,x\r\n3,4,y\r\n",
    "a mark at the start": "\ufeffa,b,c\n1,2,x\n3,4,y\n",
    "too few cells": "a,b,c\n1,2\n3,4,y\n",
    "too many cells": "a,b,c\n1,2,x,9\n3,4,y\n",
    "many mistakes": "a,b,c\n" + "1,no,x\n" * 30,
    "no numbers": "a,b,c\none,2,x\n3,,y\n",
    "odd numbers": "a,b,c\n1e3,+2,x\n-.5,4.,y\n1_0,0x1,z\n",
    "beyond numbers": "a,b,c\n1e999,2,x\nnan,inf,y\n",
    "large numbers": "a,b,c\n1e308,2,x\n-1e308,4,y\n",
    "no class": "a,b,c\n1,2,\n3,4,y\n",
    "one row": "a,b,c\n1,2,x\n",
    "no rows": "a,b,c\n",
    "nothing": "",
    "a column alone": "c\nx\ny\n",
    "the same name twice": "a,a,c\n1,2,x\n3,4,y\n",
    "a column without a name": "a,,c\n1,2,x\n3,4,y\n",
    "classes by number": "a,b,c\n1,2,10\n3,4,9\n5,6,10\n",
    "classes of both kinds": "a,b,c\n1,2,10\n3,4,x\n5,6,-1\n",
    "a zero byte": "a,b,c\n1,2,x\0\n3,4,y\n",
    "signs of the terminal": "a,b,c\n1,\x1b[31m,x\n3,4,y\n",
    "wide": "a,b,c\n１,2,x\n3,4,ｙ\n",
}
HOW: dict[str, dict[str, Any]] = {
    "the last": {},
    "by number": {"target": (3,)},
    "from the end": {"target": (-1,)},
    "no such number": {"target": (4,)},
    "number 0": {"target": (0,)},
    "no such name": {"target": ("d",)},
    "the nearest name": {"target": ("C",)},
    "two targets": {"target": ("b", "a"), "features": (1,)},
    "classes of numbers": {"target": ("b",), "classes": True},
    "no header": {"header": False, "target": (3,)},
    "some features": {"features": ("b",)},
    "features twice": {"features": ("a", 1)},
    "a feature that is the target": {"features": ("a", "c")},
    "no features": {"features": ()},
}


def told(path: Path, **how: Any) -> str:
    target = how.pop("target", ("c",))
    try:
        found = read_csv(CsvSpec(path, target, **how))
    except SpecError as error:
        return "; ".join(each.replace(str(path), "FILE") for each in error.problems)
    y = None if found.y is None else found.y.tolist()
    labels = None if found.labels is None else found.labels.tolist()
    return f"{found.x.tolist()} {y} {labels} {found.classes} {found.features}"


def test_what_is_read_of_many_texts(tmp_path: Path, snapshot):
    lines = []
    for name, text in TEXTS.items():
        path = tmp_path / "data.csv"
        path.write_bytes(text.encode())
        how = (
            HOW
            if name in ("plain", "classes by number")
            else {"": {}, "no header": HOW["no header"]}
        )
        lines += [f"{name}, {way}: {told(path, **options)}" for way, options in how.items()]
    assert "\n".join(lines) == snapshot
