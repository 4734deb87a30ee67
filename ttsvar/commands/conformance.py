"""`ttsvar conformance`: run a folder of reference cases and write what this code computes."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "run a reference case and write what this code computes"


def add(parser: argparse.ArgumentParser) -> None:
    """The folder, and the file to write."""
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="a .safetensors file, or .json for decision cases")


def run(arguments: argparse.Namespace) -> None:
    """Compute the case and write it."""
    from ttsvar.commands.reference_cases import run_conformance

    run_conformance(arguments.folder, arguments.out)
    print(f"Wrote {arguments.out}.")
