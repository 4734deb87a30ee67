"""A short digest that tells one set of weight files from another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

SAMPLES, SAMPLE_BYTES = 64, 1024**2


def weights_digest(paths: Iterable[str | Path]) -> str:
    """10 hex digits of the files' names, sizes and contents; of files above 64 MB, 64 evenly spread megabytes count."""
    digest = hashlib.blake2b(digest_size=5, person=b"ttsvar-weights")
    for path in sorted(Path(p) for p in paths):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}\n".encode())
        step = max(SAMPLE_BYTES, size // SAMPLES)
        with open(path, "rb") as file:
            for start in range(0, size, step):
                file.seek(start)
                digest.update(file.read(SAMPLE_BYTES))
    return digest.hexdigest()
