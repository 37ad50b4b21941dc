"""Small mutations of good files: each is read, or refused with a sentence, and soon.

python -m tests.engine.arrayfiles.mutations [COUNT] [SEED]
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

from engine.arrayfiles.read import arrays_of
from engine.spec.run import SpecError
from tests.engine.arrayfiles.made import safetensors

FOLDER = Path(__file__).parents[2] / "fixtures" / "arrays"
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF)


def good() -> dict[str, bytes]:
    """Files that are read, by name."""
    names = ("adam.pt", "dtypes.pt", "tied.pt", "views.npz", "views.pt")
    found = {name: (FOLDER / name).read_bytes() for name in names}
    found["a.npy"] = b"\x93NUMPY\x01\x00\x76\x00" + (
        b"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }".ljust(117)
        + b"\n"
        + bytes(32)
    )
    found["a.safetensors"] = safetensors(
        {"a": ("F32", [2, 2], bytes(16)), "b": ("I64", [], bytes(8))}
    )
    return found


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them changed, left out, or repeated."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(made))
        end = at + chance.randint(1, 8)
        match chance.randrange(4):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at] = chance.choice(NUMBERS)
            case 2:
                del made[at:end]
            case _:
                made[at:at] = made[at:end]
        made = made or bytearray(b"\0")
    return bytes(made)


def outcome(name: str, data: bytes) -> str:
    """Whether a file is "read" or "refused", with one sentence."""
    try:
        arrays_of(name, data)
    except SpecError as error:
        (sentence,) = error.problems
        assert sentence.startswith(f"{name}: ")
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 400
        return "refused"
    return "read"


def tried(count: int, seed: int) -> Counter[str]:
    """The outcomes of so many mutations."""
    chance = random.Random(seed)
    files = list(good().items())
    found: Counter[str] = Counter()
    for _ in range(count):
        name, data = chance.choice(files)
        found[outcome(name, mutated(data, chance))] += 1
    return found


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    print(dict(tried(*(given + [1_000_000, 0][len(given) :]))))
