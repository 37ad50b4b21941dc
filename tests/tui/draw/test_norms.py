"""The numbers of the selected symbol: of which elements it is asked whether they differ."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tui.draw.norms import _numbers
from tui.text.format import Text


@pytest.mark.parametrize(("start", "asked"), [(0, [(1, 0), (1, 1)]), (1, [(1, 1), (1, 2)])])
def test_each_number_is_marked_by_its_own_element(start, asked):
    found = []
    frame: Any = SimpleNamespace(text=Text(), index=(1, 1), batch=1, sample=0)
    frame.differs = lambda _, at: found.append(at)
    symbol = SimpleNamespace(batchwise=False)
    array = np.ones((2, 3))
    entry: Any = SimpleNamespace(array=array, symbol=symbol, previous=None, mark="")
    _numbers(frame, entry, (1,), slice(start, start + 2))
    assert found == asked
