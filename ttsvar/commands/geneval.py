"""`ttsvar geneval`: score a folder of images in GenEval's layout."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "score a folder of images in GenEval's layout"


def add(parser: argparse.ArgumentParser) -> None:
    """The folder, and what measures it."""
    parser.add_argument("folder", type=Path, help="holds 00000/samples/0000.png and 00000/metadata.jsonl, and so on")
    own = "folder with mask2former/ and clip/; without: the detector of the world that has all that is asked for"
    parser.add_argument("--measure", type=Path, help=own)
    parser.add_argument(
        "--metadata", type=Path, help="evaluation_metadata.jsonl, where the folders have none of theirs"
    )
    parser.add_argument("--device", help="cpu, cuda or mps; cpu if not given")
    parser.add_argument("--out", type=Path, default=Path("runs/geneval.jsonl"))


def run(arguments: argparse.Namespace) -> None:
    """Score and print the table."""
    from ttsvar.evaluation.bench.score_folder import geneval_command

    geneval_command(arguments.folder, arguments.measure, arguments.out, arguments.metadata, arguments.device)
