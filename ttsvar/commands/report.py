"""`ttsvar report`: turn the rows of `ttsvar evaluate` into a page and Markdown."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "turn the rows of evaluate into a page and docs/results.md"


def add(parser: argparse.ArgumentParser) -> None:
    """The rows, and what is written from them."""
    parser.add_argument("--rows", type=Path, default=Path("runs/evidence.sqlite"))
    parser.add_argument("--page", type=Path, default=Path("runs/evidence.html"), help="one HTML page with everything")
    parser.add_argument("--results", type=Path, default=Path("runs/results.md"), help="the same in short, as Markdown")
    parser.add_argument("--data", type=Path, help="what the app shows, such as assets/toybox/evidence.json")


def run(arguments: argparse.Namespace) -> None:
    """Write the report."""
    from ttsvar.evaluation.report.write import write_report

    write_report(arguments.rows, arguments.page, arguments.results, arguments.data)
