"""`ttsvar compbench`: score a folder of images for T2I-CompBench."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "score a folder of images for T2I-CompBench"
CATEGORIES = ("color", "shape", "texture", "numeracy", "spatial", "non_spatial", "complex")


def add(parser: argparse.ArgumentParser) -> None:
    """The folder, its category, and what measures it."""
    parser.add_argument("folder", type=Path, help="holds images called 'PROMPT_000000.png', or has them in samples/")
    parser.add_argument("category", choices=CATEGORIES)
    parser.add_argument("--measure", type=Path, required=True, help="folder with blip_vqa/, mask2former/ and clip_b32/")
    parser.add_argument("--lists", type=Path, help="the benchmark's prompt lists, for the category complex")
    parser.add_argument("--device", help="cpu, cuda or mps; cpu if not given")
    parser.add_argument("--out", type=Path, default=Path("runs/compbench.jsonl"))


def run(arguments: argparse.Namespace) -> None:
    """Score and print the mean."""
    from ttsvar.evaluation.bench.score_folder import compbench_command

    compbench_command(
        arguments.folder, arguments.category, arguments.measure, arguments.out, arguments.device, arguments.lists
    )
