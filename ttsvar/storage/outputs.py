"""Where results are written: checked before anything is computed, so that no finished work is lost to a wrong path."""

from __future__ import annotations

from pathlib import Path

from ttsvar.errors import FileError

PICTURES = (".png", ".jpg", ".jpeg", ".webp")


def prepare(path: Path, *suffixes: str) -> None:
    """Make the folder of a file that will be written; raises FileError where it cannot be one of these kinds there."""
    if path.is_dir():
        raise FileError(f"{path} is a folder; name a file in it.")
    if suffixes and path.suffix.lower() not in suffixes:
        raise FileError(f"{path} must end in {' or '.join(suffixes)}.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab"):
            pass
    except OSError as error:
        raise FileError(f"{path} cannot be written ({error.strerror}); name another place.") from error
    if path.stat().st_size == 0:
        path.unlink()
