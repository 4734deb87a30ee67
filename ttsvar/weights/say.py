"""What a person is told while weight files are found and read."""

from __future__ import annotations

import sys
from collections.abc import Callable

Say = Callable[[str], None]


def to_stderr(text: str) -> None:
    """One line under the program's name, beside what a command prints."""
    print(f"ttsvar: {text}", file=sys.stderr, flush=True)
