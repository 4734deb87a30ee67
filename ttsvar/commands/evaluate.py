"""`ttsvar evaluate`: run the paper's experiments into a file of rows."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, load_settings

HELP = "run the paper's experiments; goes on where it was stopped"


def add(parser: argparse.ArgumentParser) -> None:
    """Which experiments, on which prompts, at what size, and by whom."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="experiments, or all; a wrong name lists them")
    add_loading_flags(parser)
    parser.add_argument("--quick", action="store_true", help="a few prompts each: minutes instead of hours")
    parser.add_argument("--per-category", type=int, help="prompts of each category, instead of the experiment's own")
    parser.add_argument("--seeds", type=int, help="images of each prompt and search, instead of the experiment's own")
    parser.add_argument("--prompts", type=Path, help="another list in GenEval's form (evaluation_metadata.jsonl)")
    split = parser.add_mutually_exclusive_group()
    split.add_argument("--held-out", action="store_true", help="only combinations that training never saw")
    split.add_argument("--seen", action="store_true", help="only combinations that training saw")
    parser.add_argument(
        "--measure", type=Path, help="folder with mask2former/ and clip/, for prompts of the real world"
    )
    parser.add_argument("--ray", metavar="ADDRESS", help="do the work on Ray: 'local', or the address of a cluster")
    parser.add_argument("--workers", type=int, help="actors on Ray; one per GPU or core if not given")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/evidence.sqlite"), help="rows; an existing file is continued"
    )


def run(arguments: argparse.Namespace) -> None:
    """Run or continue the experiments."""
    from ttsvar.evaluation.bench.evaluate import Options, evaluate

    options = Options(
        model=arguments.model,
        out=arguments.out,
        quick=arguments.quick,
        per_category=arguments.per_category,
        seeds=arguments.seeds,
        prompts=arguments.prompts,
        held_out=True if arguments.held_out else False if arguments.seen else None,
        measure=arguments.measure,
        settings=load_settings(arguments),
        ray=arguments.ray,
        workers=arguments.workers,
    )
    evaluate(arguments.names, options)
