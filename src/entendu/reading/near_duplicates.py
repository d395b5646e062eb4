"""Near-duplicates: texts that repeat one another but for a few words, an address, a name or a "RT" in front.

A text is reduced to the words of the one analyser (`entendu.reading.analyser`), without addresses of pages and people,
then to its word 3-shingles. Their MinHash (Broder, "On the resemblance and containment of documents", 1997; computed
by the library rensa) estimates the Jaccard similarity of two texts; its bands are the keys under which similar texts
meet (locality-sensitive hashing: Indyk and Motwani, 1998; Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", chapter 3).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from rensa import RMinHash

from entendu.reading.analyser import analyse

PERMUTATIONS = 64
BANDS = 16  # of 4 values: texts half alike meet with probability 0.64, three quarters alike 0.998
SEED = 1
SHINGLE = 3  # words
SHORT = 5  # words: fewer say too little to be compared by their shingles
SHORTEST = 3  # words: fewer ("thank you") are everybody's, and repeat nobody
NEAR = 0.5  # estimated similarity from which a text is a near-duplicate
SAME = 1.0  # the similarity of identical words
MOST_WORDS = 2_000  # of a text that are compared

Row = numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.uint32]]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w.])[@＠][\w.-]*\w(?:@[\w.-]*\w)?")
_REPOST = re.compile(r"^\W*(?:(?:rt|mt|via|repost(?:ed)?|fwd?|tr|re)\b\W*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Print:
    """What near-duplicates have in common. `whole`: the key of identical words, of which there are `words`; `bands`:
    those under which similar texts meet; `signature`: the MinHash, uint32 values as bytes; both empty for a short
    text."""

    whole: int
    words: int
    bands: tuple[int, ...] = ()
    signature: bytes = b""

    @property
    def keys(self) -> tuple[int, ...]:
        """All keys: 63-bit numbers."""
        return (self.whole, *self.bands)


def prints_of(texts: Sequence[str], space: str = "", *, bands: bool = True) -> list[Print | None]:
    """The print of each text; None where there is too little to repeat. Keys of one `space` (an organisation) meet
    no keys of another. Without `bands`, identical words alone meet: cheaper."""
    bags = [words_of(text) for text in texts]
    long = [at for at, words in enumerate(bags) if bands and len(words) >= SHORT]
    rows = dict(zip(long, _signatures([bags[at] for at in long]), strict=True))
    return [_print(words, rows.get(at), space) for at, words in enumerate(bags)]


def similarity(one: bytes, other: bytes) -> float:
    """The estimated Jaccard similarity of two signatures, in [0, 1]; standard error 0.06 at most."""
    if not one or len(one) != len(other):
        return 0.0
    return float((numpy.frombuffer(one, "<u4") == numpy.frombuffer(other, "<u4")).mean())


def words_of(text: str) -> list[str]:
    """The words that are compared: folded, without addresses of pages and people and without marks of repetition."""
    bare = _HANDLE.sub(" ", _ADDRESS.sub(" ", text))
    return analyse(_REPOST.sub("", bare))[0][:MOST_WORDS]


def sameness(text: str) -> str:
    """The text as it must be for two to have the same reading: only addresses of pages and people, and white space,
    may differ. Signs, capitals and emoji count: they change what is meant."""
    bare = _HANDLE.sub("@", _ADDRESS.sub("http", text))
    return " ".join(bare.split())


def _print(words: list[str], signature: Row | None, space: str) -> Print | None:
    if len(words) < SHORTEST:
        return None
    whole = _key(space, "whole", " ".join(words).encode())
    if signature is None:
        return Print(whole, len(words))
    size = PERMUTATIONS // BANDS
    bands = (_key(space, band, signature[band * size : (band + 1) * size].tobytes()) for band in range(BANDS))
    return Print(whole, len(words), tuple(bands), signature.tobytes())


def _signatures(bags: list[list[str]]) -> list[Row]:
    if not bags:
        return []
    shingles = [
        [" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)] for words in bags
    ]
    rows = RMinHash.digest_matrix_from_token_sets(shingles, num_perm=PERMUTATIONS, seed=SEED).to_rows()
    return list(numpy.array(rows, dtype="<u4"))


def _key(space: str, band: object, content: bytes) -> int:
    digest = hashlib.blake2b(content, digest_size=8, person=b"nearduplicates")
    digest.update(f"\0{space}\0{band}\0{RMinHash.ALGORITHM_VERSION}".encode())
    return int.from_bytes(digest.digest(), "little") >> 1
