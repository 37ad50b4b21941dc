"""Random keys, as a person, a cat and a bad line press them."""

from __future__ import annotations

import random

LETTERS = "nNfFtTgGoOxwybpcCuUhjklsSdDvrziem'[]?;=<>/.,\"0123456789:+-a"
NAMED = (
    "\x1b[C", "\x1b[D", "\x1b[A", "\x1b[B", "\x1b[Z", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F",
    "\t", "\r", " ", "\x7f", "\x10", "\x15", "\x13", "\x11", "\x1bOP", "\x1b[200~x\x1b[201~",
)  # fmt: skip
LINES = (
    ":12\r", ":3.4\r", ":50%\r", ":min\r", ":nan\r", ":W1\r", "e0.5\r", "elr = 0.05\r",
    "ex = 1\r", "bloss < 0.1\r", "bW1 changes sign\r", "iwhat I saw: ŷ − y\r", "a2000\r",
    "a100000\r", "/softmax\r", "/W2[1,2]\r", "/2.z1\r..,", "3[",
    "12t", "Of", "Oc", "mq", "'q", "wW1 b2\r", "\x10open xor\r",
    "\x10theme\r", "\x10next step\r", "\x10save\rmine\r", "\x10resume\r\r",
)  # fmt: skip
NOISE = (
    b"\xe9", b"\xff\xfe", b"\x1b[1114112u", b"\x1b[97;;99999999999u", b"\x1b", b"\x1b[",
    b"\x1b[<0;12;8M", b"\x1b[48;99999;99999;0;0t", b"\x1b]52;c;", b"\x1bP", b"\x00",
    "日本".encode(),
)  # fmt: skip


def burst(draw: random.Random) -> tuple[bytes, int]:
    """Some keys at once, and how many."""
    parts: list[bytes] = []
    count = 0
    for _ in range(draw.choice((1, 3, 10, 60, 300))):
        chance = draw.random()
        if chance < 0.03:
            text = draw.choice(LINES)
            parts.append(text.encode())
            count += len(text)
        elif chance < 0.035:
            parts.append(draw.choice(NOISE))
            count += 1
        else:
            key = draw.choice(NAMED) if chance < 0.25 else draw.choice(LETTERS)
            parts.append(key.encode())
            count += 1
    return b"".join(parts), count
