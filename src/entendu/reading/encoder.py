"""The encoders: a student of few layers and its larger teacher, on onnxruntime, over one shared vocabulary.

Files in weights/: `vocabulary.npz` (pieces, their log-probabilities, the code point map, word vectors in 4 bits) and
per model `<name>.onnx` with `<name>.json` (version, heads, thresholds). See training/README.md for how they are made.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
import numpy.typing as npt

from entendu.reading.heads import Floats, Head, heads
from entendu.reading.subwords import PAD, Subwords

LONGEST = 96  # pieces of a text that are read; the rest of a long text is passed over
BATCH = 32
_BLOCK = 32


class Vocabulary:
    """Pieces and their vectors, held once for all encoders of a process."""

    def __init__(self, data: Any) -> None:
        """`data` maps the names of vocabulary.npz to arrays."""
        pieces = data["pieces"].tobytes().decode("utf-8").split("\n")
        scores = data["scores"].astype(float).tolist()
        normal = dict(
            zip(data["points"].tolist(), data["becomes"].tobytes().decode("utf-8").split("\n"), strict=True)
        )
        self.subwords = Subwords(list(zip(pieces, scores, strict=True)), normal)
        self.places = data["places"].astype(np.float32)
        self._nibbles = data["nibbles"]
        self._scales = data["scales"]

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Word vectors of these pieces, (pieces, width). Packed in memory: an eighth."""
        return unpack(self._nibbles[numbers], self._scales[numbers])


def unpack(nibbles: npt.NDArray[np.uint8], scales: npt.NDArray[np.float16]) -> Floats:
    """Vectors from blocks of 32 four-bit numbers (low halves first, offset 8) times one scale a block."""
    rows, blocks = scales.shape
    values = np.empty((rows, blocks, _BLOCK), np.float32)
    packed = nibbles.reshape(rows, blocks, _BLOCK // 2)
    values[:, :, : _BLOCK // 2] = packed & 15
    values[:, :, _BLOCK // 2 :] = packed >> 4
    values -= 8.0
    values *= scales.astype(np.float32)[:, :, None]
    return values.reshape(rows, blocks * _BLOCK)


class EncoderReader:
    """One encoder. `score` is a pure function of the texts, whatever stands beside them in the call."""

    def __init__(self, session: Any, vocabulary: Vocabulary, meta: dict[str, Any]) -> None:
        self.version: str = meta["version"]
        self.meta = meta
        self.heads: dict[str, Head] = heads(meta)
        self._session = session
        self._vocabulary = vocabulary
        self._outputs = sum(len(head.labels) for head in self.heads.values())

    def score(self, texts: Sequence[str]) -> Floats:
        """Raw scores, (texts, outputs). Texts that are cut into the same pieces are computed once."""
        encode = self._vocabulary.subwords.encode
        places: dict[tuple[int, ...], list[int]] = {}
        for index, text in enumerate(texts):
            places.setdefault(tuple(encode(text, LONGEST)), []).append(index)
        found = np.zeros((len(texts), self._outputs), np.float32)
        order = sorted(places, key=len)
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            for scores, row in zip(self._run(chosen), chosen, strict=True):
                found[places[row]] = scores
        return found

    def _run(self, rows: Sequence[tuple[int, ...]]) -> Floats:
        vocabulary = self._vocabulary
        longest = max(map(len, rows))
        numbers = np.full((len(rows), longest), PAD, np.int64)
        mask = np.zeros((len(rows), longest), np.float32)
        for index, row in enumerate(rows):
            numbers[index, : len(row)] = row
            mask[index, : len(row)] = 1.0
        known, where = np.unique(numbers, return_inverse=True)
        vectors = vocabulary.vectors(known)[where.reshape(numbers.shape)] + vocabulary.places[:longest]
        return np.asarray(self._session.run(None, {"x": vectors, "mask": mask})[0], np.float32)


def _weights() -> Traversable:
    return resources.files("entendu.reading").joinpath("weights")


def available(name: str) -> bool:
    """Whether this model's files are in the package."""
    return _weights().joinpath(f"{name}.onnx").is_file()


@cache
def vocabulary() -> Vocabulary:
    with _weights().joinpath("vocabulary.npz").open("rb") as file, np.load(file) as data:
        return Vocabulary(data)


@cache
def shipped(name: str) -> EncoderReader:
    """The encoder of this name ("student" or "teacher") whose weights lie in the package."""
    import onnxruntime  # loads slowly and takes memory: only where an encoder is wanted

    options = onnxruntime.SessionOptions()
    # Processes share the work, not threads: a worker takes one core and no more.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    graph = _weights().joinpath(f"{name}.onnx").read_bytes()
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return EncoderReader(
        session, vocabulary(), json.loads(_weights().joinpath(f"{name}.json").read_text("utf-8"))
    )
