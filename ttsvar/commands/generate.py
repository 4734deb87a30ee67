"""`ttsvar generate`: one search from prompt to image, with its decisions printed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ttsvar.commands.flags import add_loading_flags, load_settings
from ttsvar.config import SEARCHES, SearchConfig, search_config
from ttsvar.setting import Setting
from ttsvar.settings import SETTINGS
from ttsvar.storage.outputs import PICTURES, prepare
from ttsvar.values import Flag, UnfitError

HELP = "draw one image with a search, and print its decisions"


def add(parser: argparse.ArgumentParser) -> None:
    """The prompt, the model, and every setting of the search."""
    parser.add_argument("prompt")
    add_loading_flags(parser)
    add_search_flags(parser)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("ttsvar.png"))
    parser.add_argument("--no-recipe", action="store_true", help="save the bare picture, without how it was made")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")


def run(arguments: argparse.Namespace) -> None:
    """Generate, save and report."""
    from ttsvar.commands.search_report import decision_table, generate
    from ttsvar.families.load import load
    from ttsvar.storage.png import bare

    search = chosen_search(arguments)
    # Only a PNG can carry the recipe.
    prepare(arguments.out, *(PICTURES if arguments.no_recipe else PICTURES[:1]))
    engine = load(arguments.model, settings=load_settings(arguments))
    report, image = generate(engine, arguments.prompt, search, arguments.seed, progress=not arguments.json)
    if arguments.no_recipe:
        image = bare(image)
    image.save(arguments.out)
    report["out"] = str(arguments.out)
    print(json.dumps(report, indent=1) if arguments.json else decision_table(report))


def add_search_flags(parser: argparse.ArgumentParser) -> None:
    """--search, and a flag for every setting; `chosen_search` reads them."""
    parser.add_argument("--search", default="tts-var", help=f"one of {', '.join(SEARCHES)}")
    for row in SETTINGS.values():
        _add_setting(parser, row)


def chosen_search(arguments: argparse.Namespace) -> SearchConfig:
    """The named search with what the flags change of it; raises ConfigError where a value does not fit."""
    changes = {name: value for name in SETTINGS if (value := getattr(arguments, name)) is not None}
    return search_config(arguments.search, **changes)


def _add_setting(parser: argparse.ArgumentParser, row: Setting[Any]) -> None:
    """The flag of a setting; None where it is not given, which leaves it to the named search."""
    if isinstance(row.kind, Flag):
        parser.add_argument(row.flag, action="store_true", default=None, help=row.help)
        return

    def read(text: str) -> Any:
        try:
            return row.kind.parse(text)
        except UnfitError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {row.kind.wording}") from None

    parser.add_argument(row.flag, type=read, help=f"{row.help}; {row.kind.wording}")
