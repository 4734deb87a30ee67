"""`ttsvar prompts`: write the published list of toybox prompts again."""

from __future__ import annotations

import argparse
from pathlib import Path

from ttsvar.storage.outputs import prepare

HELP = "write the published list of toybox prompts again"


def add(parser: argparse.ArgumentParser) -> None:
    """Where it goes."""
    parser.add_argument("--out", type=Path, help="another place than assets/toybox/geneval_metadata.jsonl")


def run(arguments: argparse.Namespace) -> None:
    """Write the list."""
    from ttsvar.evaluation.bench.prompts import PUBLISHED, make_prompts, write_prompts

    out = arguments.out or PUBLISHED
    prepare(out)
    prompts = make_prompts()
    write_prompts(prompts, out)
    print(f"Wrote {len(prompts)} prompts to {out}.")
