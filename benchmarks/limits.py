"""Writes docs/limits.md from what benchmarks printed: `python -m benchmarks.limits`.

Every file of benchmarks/results/limits/ is one row: what was tried, how often, what went wrong. A trial that is wanted
and has no file stands there as not run.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "limits"
PAGE = ROOT / "docs" / "limits.md"
NOT_RUN = {
    "server-kills": ("kills of the real server, among them in begin, select, a comparison and a save", 100),
    "visitors": ("visitors for ten minutes on two cores", 50),
}
"""What is wanted; it is named where its command was not run."""
SLOWEST = 0.5
"""Seconds that a parser may take for one hostile input."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One trial: how many are wanted, how many were tried, and what went wrong."""

    what: str
    wanted: int
    count: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    notes: dict[str, float | str] = field(default_factory=dict)
    beyond: str = ""
    """What else is not as wanted."""
    date: str = ""
    seconds: float = 0.0
    command: str = ""

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From what a trial, or benchmarks/hostile.py, printed."""
        if "found" in told:
            found = told["found"]
            notes = {
                "read": found["read"], "refused by an error of ours": found["refused"],
                "slowest": f"{found['slowest_seconds']} CPU s ({found['slowest']})",
                "memory grew by": f"{told['grown_mb']} MB",
            }  # fmt: skip
            slow = found["slowest_seconds"]
            return cls(
                beyond=f"the slowest took {slow} s, {SLOWEST} s are wanted" if slow > SLOWEST else "",
                what="hostile inputs to every parser: PNG, ZIP, run folders, recipes, JSON, the API, events, names",
                wanted=1_000_000, count=found["inputs"], wrong=found["foreign"], notes=notes, date=told["date"],
                command=f"python benchmarks/hostile.py --inputs {found['inputs']}",
            )  # fmt: skip
        known = {name: told[name] for name in cls.__dataclass_fields__ if name in told}
        return cls(**known)

    @property
    def failed(self) -> int:
        """How many went wrong."""
        return sum(self.wrong.values())

    @property
    def short(self) -> str:
        """What is missing to what is wanted; empty where nothing is."""
        if not self.count:
            return f"{self.what}: not run ({self.wanted:,} wanted)"
        faults = "; ".join(f"{number:,} times {fault}" for fault, number in self.wrong.items())
        few = f"{self.count:,} of {self.wanted:,} were tried" if self.count < self.wanted else ""
        told = "; ".join(filter(None, (few, faults, self.beyond)))
        return f"{self.what}: {told}" if told else ""


def rows(folder: Path = RESULTS) -> list[Row]:
    """What was tried, by the names of the files; then what was not."""
    files = {path.stem: Row.read(json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))}
    missing = [Row(what=what, wanted=wanted) for name, (what, wanted) in NOT_RUN.items() if name not in files]
    return [*files.values(), *missing]


def page(found: Sequence[Row]) -> str:
    """The document."""
    tried = [row for row in found if row.count]
    lines = [
        "# How far it was tried",
        "",
        "Written by `python -m benchmarks.limits` from what the commands below printed (`benchmarks/results/limits/`).",
        "Two busy cores, over the fake engine: what is tried is everything around the model.",
        "",
        "| tried | wanted | times | went wrong | on | beside it |",
        "|---|---|---|---|---|---|",
    ]
    for row in tried:
        beside = "; ".join(f"{name}: {_number(value)}" for name, value in row.notes.items())
        lines.append(f"| {row.what} | {row.wanted:,} | {row.count:,} | {row.failed:,} | {row.date} | {beside} |")
    short = [row.short for row in found if row.short]
    lines += ["", "## What falls short", "", *(f"- {sentence}." for sentence in short)]
    lines += ["", "## The commands", "", "```", *(row.command for row in tried), "```", ""]
    return "\n".join(lines)


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:,.10g}"


def main() -> None:
    """Write the page."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None).parse_args()
    PAGE.write_text(page(rows()))
    print(f"Wrote {PAGE}.")


if __name__ == "__main__":
    main()
