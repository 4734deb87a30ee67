"""`ttsvar draw`: every prompt of a list, as pictures in T2I-CompBench's layout."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.commands.generate import add_search_flags, chosen_search

HELP = "draw a list of prompts into T2I-CompBench's layout"


def add(parser: argparse.ArgumentParser) -> None:
    """The list, the folder, the model and every setting of the search."""
    parser.add_argument("prompts", type=Path, help="a text file with a prompt a line, such as color_val.txt")
    parser.add_argument("folder", type=Path, help="pictures go to FOLDER/samples; those that are there stay")
    add_loading_flags(parser)
    add_search_flags(parser)
    parser.add_argument("--images", type=int, default=10, help="pictures of each prompt (default: the benchmark's 10)")


def run(arguments: argparse.Namespace) -> None:
    """Draw what is not there yet."""
    from ttsvar.evaluation.bench.prompt_list import draw_prompts, read_prompt_list
    from ttsvar.families.load import load

    search, prompts = chosen_search(arguments), read_prompt_list(arguments.prompts)
    engine = load(arguments.model, settings=load_settings(arguments))
    drawn = draw_prompts(engine, prompts, arguments.folder, search=search, images=arguments.images)
    print(f"Drew {drawn} pictures; {len(prompts) * arguments.images} are in {arguments.folder / 'samples'}.")
