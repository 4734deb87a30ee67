"""`ttsvar populations`: many prompts' candidates, all drawn to the end, for the page's record of the judge."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.storage.outputs import prepare

HELP = "draw the candidates of many prompts to the end, for the page's record of the judge"


def add(parser: argparse.ArgumentParser) -> None:
    """How many prompts and candidates, and where they go."""
    parser.add_argument("--model", default="toybox", help="a model of one of our worlds (default: toybox)")
    parser.add_argument("--prompts", type=Path, help="a list in GenEval's form; that of the model's world if not given")
    parser.add_argument("--per-category", type=int, default=20, help="prompts of each of 12 categories (default: 20)")
    parser.add_argument("--candidates", type=int, default=16, help="of each prompt (default: 16)")
    parser.add_argument(
        "--work", type=Path, default=Path("runs/populations"), help="what is drawn so far; an existing folder goes on"
    )
    parser.add_argument("--out", type=Path, help="another place than populations.npz among the world's weights")
    parser.add_argument("--gather", action="store_true", help="draw nothing, and write what is there")


def run(arguments: argparse.Namespace) -> None:
    """Draw what is lacking, and write all of it to one file."""
    from ttsvar.evaluation.bench.prompts import evaluation_prompts, list_of
    from ttsvar.evaluation.bench.sweep import in_turn
    from ttsvar.evaluation.populations.draw import draw_parts, gather
    from ttsvar.evaluation.populations.record import write
    from ttsvar.evaluation.populations.shipped import drawer_of, populations_path

    out = arguments.out or populations_path(arguments.model)
    prepare(out, ".npz")
    prompts = in_turn(evaluation_prompts(arguments.per_category, path=list_of(arguments.model, arguments.prompts)))
    drawer = drawer_of(arguments.model)
    if not arguments.gather:
        draw_parts(drawer, prompts, arguments.work, arguments.candidates)
    found = gather(drawer, prompts, arguments.work, arguments.candidates)
    write(found, out)
    print(f"Wrote {len(found.prompts)} prompts with {found.candidates} candidates each to {out}.")
