"""`ttsvar sheet`: prompts of every category, drawn into one picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.config import SEARCHES, search_config
from ttsvar.storage.outputs import PICTURES, prepare

HELP = "draw prompts of every category into one picture"


def add(parser: argparse.ArgumentParser) -> None:
    """The model, the search, and how many prompts."""
    add_loading_flags(parser)
    parser.add_argument("--search", default="raw", help=f"one of {', '.join(SEARCHES)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-category", type=int, default=4, help="prompts of each category")
    parser.add_argument("--prompts", type=Path, help="a list in GenEval's form; that of the model's world if not given")
    parser.add_argument("--detections", action="store_true", help="mark what the detector sees, and its verdict")
    parser.add_argument("--out", type=Path, required=True)


def run(arguments: argparse.Namespace) -> None:
    """Draw the sheet."""
    from ttsvar.evaluation.bench.contact_sheet import contact_sheet
    from ttsvar.evaluation.bench.prompts import evaluation_prompts, list_of
    from ttsvar.evaluation.rules.evaluator import evaluator_for
    from ttsvar.families.load import load

    prepare(arguments.out, *PICTURES)
    prompts = evaluation_prompts(arguments.per_category, path=list_of(arguments.model, arguments.prompts))
    search = search_config(arguments.search)
    engine = load(arguments.model, settings=load_settings(arguments))
    seen_by = evaluator_for(engine) if arguments.detections else None
    detector = None if seen_by is None else seen_by.detector
    contact_sheet(engine, prompts, arguments.out, search=search, seed=arguments.seed, detector=detector)
    print(f"Wrote {arguments.out}.")
