"""Files made for tests, byte by byte."""

from __future__ import annotations

import io
import json
import zipfile


def safetensors(arrays: dict[str, tuple[str, list[int], bytes]]) -> bytes:
    """A `.safetensors` of arrays, each its dtype, shape and bytes."""
    header, data = {}, b""
    for name, (dtype, shape, content) in arrays.items():
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def zipped(entries: dict[str, bytes], packed: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of some entries."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packed) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return held.getvalue()


def torch_file(pickle: bytes, storages: dict[str, bytes] | None = None) -> bytes:
    """What torch.save would write of a pickle and of numbers."""
    data = {f"a/data/{key}": content for key, content in (storages or {}).items()}
    return zipped({"a/data.pkl": pickle, "a/byteorder": b"little", **data})


def npy(descr: str, shape: str, content: bytes) -> bytes:
    """A `.npy` with a header as it is given."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content
