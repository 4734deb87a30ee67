"""`ttsvar agreement`: a world's detector beside the evaluator that learns nothing, on pictures that a model draws."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.config import SEARCHES, search_config
from ttsvar.errors import ConfigError
from ttsvar.storage.outputs import PICTURES, prepare

HELP = "compare the icon world's two evaluators on pictures that a model draws"


def add(parser: argparse.ArgumentParser) -> None:
    """The model, its prompts, how many pictures, and the icons that the second evaluator compares with."""
    add_loading_flags(parser, model="icons")
    parser.add_argument("--prompts", type=Path, help="a list in GenEval's form (evaluation_metadata.jsonl)")
    parser.add_argument("--per-category", type=int, default=20, help="prompts of each category (default: 20)")
    parser.add_argument("--seeds", type=int, default=1, help="pictures of each prompt (default: 1)")
    parser.add_argument("--search", default="raw", help=f"one of {', '.join(SEARCHES)}")
    parser.add_argument("--icons", type=Path, help="file of packed icons, instead of the published set")
    parser.add_argument("--sheet", type=Path, help="write the pictures on which the verdicts differ")


def run(arguments: argparse.Namespace) -> None:
    """Draw, judge twice and print the table; ConfigError where the model is not of the icon world."""
    from ttsvar.evaluation.bench.agreement import agreement_table, compare, differences_sheet
    from ttsvar.evaluation.bench.prompts import evaluation_prompts, list_of
    from ttsvar.evaluation.bench.worker import draw_seed, run_search
    from ttsvar.evaluation.rules.measures import DetectorMeasure, open_measure
    from ttsvar.families.load import load
    from ttsvar.toybox.icons.matching import IconMatcher
    from ttsvar.toybox.worlds import detector_of, world_of_model

    if arguments.sheet is not None:
        prepare(arguments.sheet, *PICTURES)
    if arguments.seeds < 1:
        raise ConfigError(f"seeds is {arguments.seeds}; it must be at least 1.")
    world = world_of_model(arguments.model)
    if world is None or world.name != "icons":
        raise ConfigError(f"{arguments.model} is no model of the icon world, whose icons the second evaluator knows.")
    search = search_config(arguments.search)
    prompts = evaluation_prompts(arguments.per_category, path=list_of(arguments.model, arguments.prompts))
    detector = open_measure(detector=detector_of(world, arguments.model))
    matcher = DetectorMeasure(IconMatcher.open(arguments.icons))
    engine = load(arguments.model, settings=load_settings(arguments))
    compared = compare(
        lambda prompt, seed: run_search(engine, prompt.prompt, search, draw_seed(prompt, seed)).image,
        detector,
        matcher,
        prompts,
        arguments.seeds,
    )
    print(agreement_table(compared, "detector", "matcher"))
    differing = differences_sheet(compared, "detector", "matcher")
    if arguments.sheet is not None and differing is not None:
        differing.save(arguments.sheet)
        print(f"Wrote {arguments.sheet}.")
