"""What the app leaves out of the standard library: ciphers, for the memory that they take."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

HASHES = (
    ("_md5",),
    ("_sha1",),
    ("_sha256", "_sha2"),
    ("_sha512", "_sha2"),
    ("_sha3",),
    ("_blake2",),
)
"""The modules that hashes are in where Python has its own, by several versions' names."""


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Meanwhile these modules cannot be imported, as where Python was built without them; those
    that are there already stay.
    """
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def without_ciphers() -> None:
    """Import what would bring OpenSSL along and does without: an event loop that connects to
    nothing, and hashes, of which Python has its own. It takes 1.3 MB less. For the rest of the
    program asyncio has no TLS, whoever imports it, and hashlib no hash but Python's own; ssl itself
    can be imported as ever.
    """
    with without("ssl"):
        import asyncio  # noqa: F401
    if all(any(map(find_spec, names)) for names in HASHES):
        with without("_hashlib"):
            import hashlib  # noqa: F401
