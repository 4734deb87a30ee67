"""`ttsvar generate`: one search from prompt to image, with its decisions printed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, add_reward_flag, load_settings
from ttsvar.config import EXTRACTORS, POTENTIALS, SEARCHES, search_config
from ttsvar.storage.outputs import PICTURES, prepare

HELP = "draw one image with a search, and print its decisions"


def add(parser: argparse.ArgumentParser) -> None:
    """The prompt, the model, and every setting of the search."""
    parser.add_argument("prompt")
    add_loading_flags(parser)
    parser.add_argument("--search", default="tts-var", help=f"one of {', '.join(SEARCHES)}")
    parser.add_argument("--n", type=int, help="factor on every entry of the batch schedule")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=_numbers, help="candidates alive after each scale, for example 8,8,6,6,...")
    parser.add_argument("--extractor", help=f"one of {', '.join(EXTRACTORS)}")
    add_reward_flag(parser)
    parser.add_argument("--potential", help=f"one of {', '.join(POTENTIALS)}")
    parser.add_argument("--lam", type=float, help="lambda of the resampling weights")
    parser.add_argument("--cfg", type=_per_scale, help="guidance: one number, or one per scale, as in 3,3,4,...")
    parser.add_argument("--tau", type=_per_scale, help="temperature: one number, or one per scale")
    parser.add_argument("--cfg-layers", type=_numbers, help="where guidance acts: 0 the logits, -k a block (Infinity)")
    parser.add_argument("--negative", help="a text to be led away from (Infinity)")
    parser.add_argument("--positive", action="store_true", default=None, help="ask for good faces, as Infinity does")
    parser.add_argument("--out", type=Path, default=Path("ttsvar.png"))
    parser.add_argument("--no-recipe", action="store_true", help="save the bare picture, without how it was made")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")


def run(arguments: argparse.Namespace) -> None:
    """Generate, save and report."""
    from ttsvar.commands.search_report import decision_table, generate
    from ttsvar.families.load import load
    from ttsvar.storage.png import bare

    names = ("n", "batch", "extractor", "reward", "potential", "lam")
    names += ("cfg", "tau", "cfg_layers", "negative", "positive")
    changes = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    search = search_config(arguments.search, **changes)
    # Only a PNG can carry the recipe.
    prepare(arguments.out, *(PICTURES if arguments.no_recipe else PICTURES[:1]))
    engine = load(arguments.model, settings=load_settings(arguments))
    report, image = generate(engine, arguments.prompt, search, arguments.seed, progress=not arguments.json)
    if arguments.no_recipe:
        image = bare(image)
    image.save(arguments.out)
    report["out"] = str(arguments.out)
    print(json.dumps(report, indent=1) if arguments.json else decision_table(report))


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers such as 8,8,6") from None


def _per_scale(text: str) -> float | tuple[float, ...]:
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number, and no list such as 3,3,4") from None
    return values[0] if len(values) == 1 else values
