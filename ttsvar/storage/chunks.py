"""The chunks of a PNG file, read without its pixels (PNG specification, third edition, sections 5 and 11.3.3)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from ttsvar.errors import FileError
from ttsvar.outside import DAMAGE

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 20_000
MOST_PIXELS = 16 * 1024**2
"""The largest model draws 4 M."""


def read_text(data: bytes, key: str, most: int) -> str | None:
    """The text of a PNG under a keyword, at most so many bytes of it; None where there is none.

    Every chunk's checksum is looked at, so that a damaged file is refused. Raises FileError.
    """
    if not data.startswith(SIGNATURE):
        raise FileError(
            "This cannot be read as a PNG: it is of another kind, or damaged. Drop a picture that was saved here, "
            "or take another copy."
        )
    found: str | None = None
    try:
        for kind, content in _chunks(data):
            if kind == b"IHDR":
                _check_size(content)
            elif kind in _TEXTS:
                keyword, _, rest = content.partition(b"\0")
                if keyword == key.encode():
                    found = _TEXTS[kind](rest, most)
    except DAMAGE as error:
        raise FileError(f"This PNG is damaged ({error}); save it again from the run, or take another copy.") from error
    return found


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every chunk; raises ValueError or struct.error where they do not fit together."""
    at = len(SIGNATURE)
    for number in range(MOST_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        (stored,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(content, zlib.crc32(kind)) != stored:
            raise ValueError(f"its chunk {kind!r} is not as its checksum says")
        if (number == 0) != (kind == b"IHDR"):
            raise ValueError("its size does not stand at the beginning")
        yield kind, content
        if kind == b"IEND":
            return
        at += 12 + length
    raise ValueError(f"it has more than {MOST_CHUNKS} chunks")


def _check_size(content: bytes) -> None:
    width, height = struct.unpack_from(">II", content)
    if not 1 <= width * height <= MOST_PIXELS:
        raise FileError(f"This PNG has {width} x {height} pixels; no picture that was saved here has as many.")


def _plain(rest: bytes, most: int) -> str:
    return _bounded(rest, most).decode("latin-1")


def _packed(rest: bytes, most: int) -> str:
    return _inflated(rest[1:], most).decode("latin-1")


def _international(rest: bytes, most: int) -> str:
    packed, text = rest[0], rest[2:].split(b"\0", 2)[2]
    return (_inflated(text, most) if packed else _bounded(text, most)).decode()


_TEXTS = {b"tEXt": _plain, b"zTXt": _packed, b"iTXt": _international}


def _bounded(text: bytes, most: int) -> bytes:
    if len(text) > most:
        raise ValueError(f"its recipe has more than {most:,} bytes")
    return text


def _inflated(packed: bytes, most: int) -> bytes:
    return _bounded(zlib.decompressobj().decompress(packed, most + 1), most)
