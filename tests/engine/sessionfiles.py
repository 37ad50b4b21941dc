"""What the tests of session files share: a session, and files made by hand."""

from __future__ import annotations

import hashlib
import json
import zlib

import numpy as np

from engine.saving.fileformat import JSON, Numbers, encoded
from engine.saving.filestart import DIGEST, LENGTHS, SUMMARY

FIRST_LINE = b"gradstep session 2\n"
FIRST_LINE_1 = b"gradstep session 1\n"
ABOUT = {"title": "a title", "saved_at": 1.0, "order": 7}
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
    return b"".join(encoded(document, arrays, 7))


def header(**changes) -> bytes:
    whole = {"fingerprint": "", "arrays": [], "document": {}} | changes
    return json.dumps(whole).encode()


def header_1(**changes) -> bytes:
    """A header of version 1, in which the date is."""
    return header(**{"saved_at": 1.0} | changes)


def summary(**changes) -> bytes:
    return json.dumps(ABOUT | changes).encode()


def sealed(header: bytes, rest: bytes = b"", about: bytes = b"", first=FIRST_LINE) -> bytes:
    """A file with right lengths and right checksums, whatever its summary and header say."""
    about = about or summary()
    total = len(first) + LENGTHS.size + SUMMARY.size + len(about) + len(header) + len(rest) + DIGEST
    start = first + LENGTHS.pack(len(header), total)
    start += SUMMARY.pack(len(about), zlib.crc32(start + about)) + about
    return _signed(start + header + rest)


def sealed_1(header: bytes, rest: bytes = b"", first: bytes = FIRST_LINE_1) -> bytes:
    """The same of version 1, which has no summary."""
    total = len(first) + LENGTHS.size + len(header) + len(rest) + DIGEST
    return _signed(first + LENGTHS.pack(len(header), total) + header + rest)


def _signed(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()
