"""The one way in which files of a run are written: beside their place, flushed, and renamed; and why that failed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ttsvar.errors import StateError


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
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


@contextmanager
def keeping() -> Generator[None]:
    """Errors of the disk as StateError, which says why and what then."""
    try:
        yield
    except OSError as error:
        raise StateError(
            f"This run could not be written to the server's disk ({error.strerror or type(error).__name__}). It is "
            "kept in memory, and the next step tries again; tell whoever runs the server."
        ) from error
