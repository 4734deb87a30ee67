"""What a benchmark says in the end: its report as JSON, printed and, where it is asked for, kept in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def tell(report: Mapping[str, Any], out: Path | None) -> None:
    """Print a report and write it to `out`, whose folder is made where it is lacking."""
    text = json.dumps(report, indent=1)
    print(text)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n")
