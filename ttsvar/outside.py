"""What comes from outside as bytes: JSON within bounds, and what reading a damaged file comes to."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from typing import Any

import numpy as np

from ttsvar.errors import FileError

DAMAGE = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError, TypeError,
    ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What Python, NumPy and torch raise over content that is not as it says; too deep a recursion is a RuntimeError."""
MOST_DEPTH = 32
"""Lists and objects within one another; what is written here has under ten."""
BYTES_PER_PART = 16
"""Of a JSON file on average for each list or object, and some more beside: an empty list takes 20 times its text."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_STEPS = np.zeros(256, np.int8)
_STEPS[list(b"[{")], _STEPS[list(b"]}")] = 1, -1


def read_json(content: bytes | str, most_bytes: int) -> Any:
    """The value of a JSON text of at most so many bytes; raises FileError where it is none, too large, or too deep.

    Size, depth and number of parts are known before the first value is made. The message completes 'this file ...'.
    """
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(data) > most_bytes:
        raise FileError(f"has {len(data):,} bytes; at most {most_bytes:,} are read")
    depths = _depths(data)
    if len(depths) and (deepest := int(depths.max())) > MOST_DEPTH:
        raise FileError(f"has lists {deepest} deep; at most {MOST_DEPTH} are read")
    if len(depths) // 2 > 1000 + len(data) // BYTES_PER_PART:
        raise FileError(f"has {len(depths) // 2:,} lists and objects, which is far more than it needs")
    try:
        return json.loads(content if isinstance(content, str) else content.decode())
    except (ValueError, RecursionError) as error:
        raise FileError(f"is no JSON ({error})") from error


def _depths(data: bytes) -> np.ndarray[Any, np.dtype[np.int32]]:
    """How many lists and objects are open after each bracket, int32 [brackets]; those in strings are none."""
    steps = _STEPS[np.frombuffer(_STRING.sub(b"", data), dtype=np.uint8)]
    return np.cumsum(steps[steps != 0], dtype=np.int32)
