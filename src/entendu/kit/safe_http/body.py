"""Decoding of a body under a cap: what counts is what would lie in memory, not what travelled."""

import zlib
from collections.abc import Iterable

from entendu.kit.safe_http.errors import HttpFailed, HttpRefused

_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


def read_body(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> bytes:
    """The decoded body. HttpRefused: too_large, encoding_unknown (brotli and zstd are never asked for)."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _gather(chunks, max_bytes)
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise HttpRefused("encoding_unknown", encoding[:60])
    return _gather(_inflated(chunks, max_bytes), max_bytes)


def _gather(chunks: Iterable[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        if len(body) + len(chunk) > max_bytes:
            raise HttpRefused("too_large", f"more than {max_bytes} bytes")
        body += chunk
    return bytes(body)


def _inflated(chunks: Iterable[bytes], max_bytes: int) -> Iterable[bytes]:
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    fresh = True  # nothing of the present member has been fed yet
    try:
        for chunk in chunks:
            while chunk:
                if decoder.eof:  # a gzip file may be several members
                    decoder, fresh = zlib.decompressobj(_GZIP_OR_ZLIB), True
                try:
                    # One byte more than the cap is enough to know; zlib then stops.
                    yield decoder.decompress(chunk, max_bytes + 1)
                except zlib.error:
                    if not fresh:
                        raise
                    decoder = zlib.decompressobj(_RAW_DEFLATE)  # some servers call this "deflate"
                    yield decoder.decompress(chunk, max_bytes + 1)
                fresh = False
                chunk = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    except zlib.error as error:
        raise HttpFailed("body_malformed", str(error)) from None
    if not decoder.eof and not fresh:
        raise HttpFailed("body_malformed", "the compressed body is cut")
