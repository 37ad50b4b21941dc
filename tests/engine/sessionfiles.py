"""What the tests of session files share: a session, and files made by hand."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from engine.saving.fileformat import DIGEST, JSON, LENGTHS, Numbers, encoded

FIRST_LINE = b"gradstep session 1\n"
DOCUMENT: dict[str, JSON] = {
    "title": "worked example ŷ",
    "position": [0, 2, 17],
    "lr": 0.1,
    "loss": -0.0,
}
ARRAYS: dict[str, Numbers] = {
    "state": np.array([0.1, -0.0, np.nan, np.inf, 5e-324, -np.inf, 1e308]),
    "small": np.arange(6, dtype=np.float32).reshape(2, 3).T,
    "t": np.array(3),
    "none": np.zeros((0, 4)),
}


def content(document=DOCUMENT, arrays=ARRAYS) -> bytes:
    return b"".join(encoded(document, arrays))


def header(**changes) -> bytes:
    whole = {"saved_at": 1.0, "fingerprint": "", "arrays": [], "document": {}} | changes
    return json.dumps(whole).encode()


def sealed(header: bytes, rest: bytes = b"", first: bytes = FIRST_LINE) -> bytes:
    """A file with right lengths and a right checksum, whatever its header says."""
    total = len(first) + LENGTHS.size + len(header) + len(rest) + DIGEST
    body = first + LENGTHS.pack(len(header), total) + header + rest
    return body + hashlib.sha256(body).digest()
