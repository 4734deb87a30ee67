"""The one way in which files of a run are written: beside their place, flushed, and renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO


def write_atomically(path: Path, write: Callable[[IO[bytes]], object], *, flush: bool = True) -> None:
    """Let `write` fill a new file and put it in the place of `path`: a crash leaves what was there before.

    Without `flush` the machine's own crash may leave a damaged file: for caches, which are then made again.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            write(file)
            file.flush()
            if flush:
                os.fsync(file.fileno())
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, path)
