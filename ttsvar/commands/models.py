"""`ttsvar models`: the models, judges and extractors, their files, and whether they are here."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "list the models, their files and whether they are here"


def add(parser: argparse.ArgumentParser) -> None:
    """Where to look first."""
    parser.add_argument("--weights", type=Path, help="a folder to search for weight files first")


def run(arguments: argparse.Namespace) -> None:
    """Print the table."""
    from ttsvar.commands.models_table import models_table

    print(models_table(arguments.weights))
