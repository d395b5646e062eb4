"""The encoders: a student of few layers and its larger teacher, on onnxruntime, over one shared vocabulary.

Files in weights/: `vocabulary.npz` (pieces, their log-probabilities, the code point map, word vectors in 4 bits) for
all, and per model `<name>.onnx` with `<name>.json` (version, heads, thresholds, what it reads: "pieces" or "words").
One that reads words gets one vector for all pieces of a word: half as many to compute; its own vectors of pieces, and
what each place in a word weighs, are in `<name>-words.npz`. See training/README.md.
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
from entendu.reading.subwords import GROUP, Subwords

LONGEST = 96  # pieces of a text that are read; the rest of a long text is passed over
BATCH = 32
GATHERED = 512  # texts whose vectors are held at the same time: 75 MB if all were long and no word came twice
# onnxruntime's own joined kernels for these are slower than the parts on one core: a sixth of the whole time.
KEPT_APART = ["SkipLayerNormFusion", "BiasGeluFusion"]
_BLOCK = 32


class Vectors:
    """Vectors of pieces, packed in memory: an eighth."""

    def __init__(self, data: Any) -> None:
        """`data` maps names to arrays: `nibbles` and `scales` (see `unpack`), and for a reader of words `slots`,
        (GROUP, width), which weighs the pieces of a word by their place in it."""
        self._nibbles = data["nibbles"]
        self._scales = data["scales"]
        self._slots = data["slots"].astype(np.float32) if "slots" in data else None

    def vectors(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Vectors of these pieces, (pieces, width)."""
        return unpack(self._nibbles[numbers], self._scales[numbers])

    def gathered(self, groups: Sequence[tuple[int, ...]]) -> Floats:
        """One vector a group, (groups, width): the mean of its pieces, each times the weight of its slot."""
        assert self._slots is not None
        sizes = np.array([len(group) for group in groups])
        known, where = np.unique([number for group in groups for number in group], return_inverse=True)
        pieces = self.vectors(known)
        starts = np.cumsum(sizes) - sizes
        found = np.zeros((len(groups), pieces.shape[1]), np.float32)
        # Slot by slot: few words have a second piece, hardly any a fourth.
        for slot in range(GROUP):
            longer = np.flatnonzero(sizes > slot)
            found[longer] += pieces[where[starts[longer] + slot]] * self._slots[slot]
        return np.asarray(found / sizes[:, None].astype(np.float32))


class Vocabulary(Vectors):
    """Pieces and the vectors that they came with, held once for all encoders of a process."""

    def __init__(self, data: Any) -> None:
        """`data` maps the names of vocabulary.npz to arrays."""
        super().__init__(data)
        pieces = data["pieces"].tobytes().decode("utf-8").split("\n")
        scores = data["scores"].astype(float).tolist()
        normal = dict(
            zip(data["points"].tolist(), data["becomes"].tobytes().decode("utf-8").split("\n"), strict=True)
        )
        self.subwords = Subwords(list(zip(pieces, scores, strict=True)), normal)
        self.places = data["places"].astype(np.float32)


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

    def __init__(
        self, session: Any, vocabulary: Vocabulary, meta: dict[str, Any], own: Vectors | None = None
    ) -> None:
        """`own`: vectors of its own, instead of those of the vocabulary."""
        self.version: str = meta["version"]
        self.meta = meta
        self.heads: dict[str, Head] = heads(meta)
        self._session = session
        self._vocabulary = vocabulary
        self._own = own or vocabulary
        self._words = meta.get("input") == "words"
        self._outputs = sum(len(head.labels) for head in self.heads.values())

    def score(self, texts: Sequence[str]) -> Floats:
        """Raw scores, (texts, outputs). Texts that are cut into the same pieces are computed once."""
        cut = self._vocabulary.subwords.groups if self._words else self._vocabulary.subwords.encode
        places: dict[tuple[Any, ...], list[int]] = {}
        for index, text in enumerate(texts):
            places.setdefault(tuple(cut(text, LONGEST)), []).append(index)
        found = np.zeros((len(texts), self._outputs), np.float32)
        order = sorted(places, key=len)
        for start in range(0, len(order), GATHERED):
            some = order[start : start + GATHERED]
            # What comes again is computed once: many words of a few hundred texts do.
            first = {part: at for at, part in enumerate(dict.fromkeys(part for row in some for part in row))}
            vectors = self._vectors(list(first))
            for at in range(0, len(some), BATCH):
                chosen = some[at : at + BATCH]
                for scores, row in zip(self._run(chosen, first, vectors), chosen, strict=True):
                    found[places[row]] = scores
        return found

    def _run(self, rows: Sequence[tuple[Any, ...]], first: dict[Any, int], known: Floats) -> Floats:
        sizes = np.array([len(row) for row in rows])
        longest = int(sizes.max())
        mask = (np.arange(longest) < sizes[:, None]).astype(np.float32)
        vectors = np.zeros((*mask.shape, self._vocabulary.places.shape[1]), np.float32)
        vectors[mask > 0] = known[[first[part] for row in rows for part in row]]
        vectors += self._vocabulary.places[:longest]
        return np.asarray(self._session.run(None, {"x": vectors, "mask": mask})[0], np.float32)

    def _vectors(self, parts: list[Any]) -> Floats:
        """Vectors of groups or of pieces."""
        return self._own.gathered(parts) if self._words else self._own.vectors(np.array(parts, np.int64))


def _weights() -> Traversable:
    return resources.files("entendu.reading").joinpath("weights")


def available(name: str) -> bool:
    """Whether this model's files are in the package."""
    return _weights().joinpath(f"{name}.onnx").is_file()


@cache
def vocabulary() -> Vocabulary:
    with _weights().joinpath("vocabulary.npz").open("rb") as file, np.load(file) as data:
        return Vocabulary(data)


def _own(name: str) -> Vectors | None:
    path = _weights().joinpath(f"{name}-words.npz")
    if not path.is_file():
        return None
    with path.open("rb") as file, np.load(file) as data:
        return Vectors(data)


@cache
def shipped(name: str) -> EncoderReader:
    """The encoder of this name ("student" or "teacher") whose weights lie in the package."""
    import onnxruntime  # loads slowly and takes memory: only where an encoder is wanted

    options = onnxruntime.SessionOptions()
    # Processes share the work, not threads: a worker takes one core and no more.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    graph = _weights().joinpath(f"{name}.onnx").read_bytes()
    session = onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=KEPT_APART
    )
    meta = json.loads(_weights().joinpath(f"{name}.json").read_text("utf-8"))
    return EncoderReader(session, vocabulary(), meta, _own(name))
