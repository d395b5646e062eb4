"""A file as a stream of bytes with positions, and what its first bytes tell about it."""

import codecs
import gzip
import hashlib
import io
import zlib
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from entendu.wire import Refused

HEAD = 1 << 20  # bytes looked at to guess encoding and shape
MARK = 4096  # bytes that tell one file from another; a file that only grows keeps its mark
LONGEST_LINE = 8 << 20
UNREADABLE = (OSError, EOFError, zlib.error)
WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Encoding:
    """How bytes become text. `fallback` serves what `name` cannot read, when the head proved nothing."""

    name: str
    fallback: str = ""

    def decode(self, line: bytes) -> str:
        """`line` as text; what cannot be read stays as lone surrogates, which no JSON accepts."""
        try:
            return line.decode(self.name)
        except UnicodeDecodeError:
            return line.decode(self.fallback or self.name, "surrogateescape")


def open_source(path: Path) -> BinaryIO:
    """The bytes of the text in `path`: unzipped, and as UTF-8 when the file is UTF-16. Refused."""
    try:
        stream: BinaryIO = path.open("rb")
        if stream.read(2) == b"\x1f\x8b":
            stream.close()
            stream = cast(BinaryIO, gzip.open(path, "rb"))  # noqa: SIM115 - the caller closes it
        stream.seek(0)
        wide = WIDE.get(stream.read(2))
        stream.seek(0)
    except UNREADABLE as error:
        raise refusal(error) from None
    if wide:
        return cast(BinaryIO, io.BufferedReader(_Recoded(stream, wide)))
    return stream


def refusal(error: BaseException) -> Refused:
    """The refusal that a failure to read a file deserves. The detail never holds the path's content."""
    if isinstance(error, FileNotFoundError):
        return Refused("file_missing")
    if isinstance(error, PermissionError):
        return Refused("file_not_permitted")
    if isinstance(error, IsADirectoryError):
        return Refused("file_is_a_folder")
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return Refused("archive_damaged", str(error)[:120])
    return Refused("file_unreadable", type(error).__name__)


def read_head(path: Path) -> bytes:
    """The first bytes of the text in `path`, ended at a line when there are more. Refused."""
    head = b""
    with open_source(path) as stream:
        try:
            while len(head) < HEAD and (block := stream.read(MARK)):
                head += block
        except UNREADABLE as error:
            if not head:  # else the good rows are handed over before the damage is told
                raise refusal(error) from None
    cut = head.rfind(b"\n") + 1
    return head[:cut] if len(head) >= HEAD and cut else head


def mark_of(path: Path, length: int = MARK) -> tuple[int, str]:
    """How many bytes were looked at, and their hash. Refused."""
    try:
        with path.open("rb") as stream:
            head = stream.read(length)
    except OSError as error:
        raise refusal(error) from None
    return len(head), hashlib.blake2b(head, digest_size=8).hexdigest()


def guess_encoding(head: bytes, wanted: str = "") -> Encoding:
    """The encoding that was asked for, or UTF-8 unless most lines that could tell say otherwise, then cp1252.
    Refused when the name that was asked for is not one."""
    if wanted:
        try:
            name = codecs.lookup(wanted).name
        except LookupError:
            raise Refused("encoding_unknown", wanted[:40]) from None
        return Encoding(
            "utf-8" if name.startswith("utf-16") else name
        )  # the source hands UTF-16 over as UTF-8
    if head.isascii():
        return Encoding("utf-8", fallback="cp1252")
    good = bad = 0
    for line in head.splitlines():
        if line.isascii():
            continue
        try:
            line.decode()
            good += 1
        except UnicodeDecodeError:
            bad += 1
    return Encoding("utf-8" if good >= bad else "cp1252")


class Lines:
    """Lines of a stream, with the position after the last one taken; lines may be given back."""

    def __init__(self, stream: BinaryIO, position: int) -> None:
        self._stream = stream
        self._back: deque[bytes] = deque()
        self.position = position
        self._go_to(position)

    def take(self) -> bytes:
        """The next line with its end, or nothing at the end. An endless line is cut; its rest comes next."""
        line = self._back.popleft() if self._back else self._stream.readline(LONGEST_LINE)
        self.position += len(line)
        return line

    def give_back(self, lines: list[bytes]) -> None:
        """Puts lines back, in their order, before what comes."""
        self._back.extendleft(reversed(lines))
        self.position -= sum(map(len, lines))

    def close(self) -> None:
        """Lets the file go."""
        self._stream.close()

    def _go_to(self, position: int) -> None:
        # A zipped stream has no other way to a place than through all before it.
        if isinstance(self._stream, io.BufferedReader) and not isinstance(self._stream.raw, _Recoded):
            self._stream.seek(position)
            return
        while position > 0:
            skipped = len(self._stream.read(min(position, HEAD)))
            if not skipped:
                return
            position -= skipped


class _Recoded(io.RawIOBase):
    """UTF-8 bytes of a stream in another encoding."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            block = self._stream.read(65536)
            self._ready = self._decoder.decode(block, final=not block).encode()
            if not block:
                break
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def close(self) -> None:
        self._stream.close()
        super().close()
