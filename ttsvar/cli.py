"""The command line: generate, replay, models, conformance, train, evaluate, sheet."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ttsvar.config import EXTRACTORS, POTENTIALS, SEARCHES, search_config
from ttsvar.errors import FileError, TTSVarError

TRAINABLE = ("tokenizer", "transformer", "reward", "features", "detector")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 2 with one line on standard error where the caller can mend it."""
    arguments = _parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except TTSVarError as error:
        print(f"ttsvar: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ttsvar: stopped.", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ttsvar", description="Test-time scaling of visual autoregressive models.")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_generate(commands.add_parser("generate", help="draw one image with a search, and print its decisions"))
    _add_replay(commands.add_parser("replay", help="make a saved picture again from the recipe that it carries"))
    models = commands.add_parser("models", help="list the models, their files and whether they are here")
    models.set_defaults(run=_models)
    conformance = commands.add_parser("conformance", help="run a reference case and write what this code computes")
    conformance.add_argument("folder", type=Path)
    conformance.add_argument("--out", type=Path, required=True, help="a .safetensors file, or .json for decision cases")
    conformance.set_defaults(run=_conformance)
    _add_train(commands.add_parser("train", help="train a toybox model; continues where it was stopped"))
    _add_evaluate(commands.add_parser("evaluate", help="score searches on the toybox prompts with the detector"))
    _add_sheet(commands.add_parser("sheet", help="draw prompts of every category into one picture"))
    return parser


def _add_generate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt")
    parser.add_argument("--model", default="toybox")
    parser.add_argument("--search", default="tts-var", help=f"one of {', '.join(SEARCHES)}")
    parser.add_argument("--n", type=int, help="factor on every entry of the batch schedule")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=_numbers, help="candidates alive after each scale, for example 8,8,6,6,...")
    parser.add_argument("--extractor", help=f"one of {', '.join(EXTRACTORS)}")
    parser.add_argument("--potential", help=f"one of {', '.join(POTENTIALS)}")
    parser.add_argument("--lam", type=float, help="lambda of the resampling weights")
    parser.add_argument("--cfg", type=float, help="guidance")
    parser.add_argument("--tau", type=float, help="temperature")
    parser.add_argument("--device", help="cpu, cuda or mps; chosen automatically if not given")
    parser.add_argument("--out", type=Path, default=Path("ttsvar.png"))
    parser.add_argument("--no-recipe", action="store_true", help="save the bare picture, without how it was made")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.set_defaults(run=_generate)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("picture", type=Path, help="a PNG that was saved here with its recipe")
    parser.add_argument("--model", default="toybox")
    parser.add_argument("--device", help="cpu, cuda or mps; chosen automatically if not given")
    parser.add_argument("--out", type=Path, required=True, help="where the picture made again goes")
    parser.set_defaults(run=_replay)


def _replay(arguments: argparse.Namespace) -> None:
    from ttsvar.loading import load
    from ttsvar.png import read_recipe
    from ttsvar.report import remade

    try:
        recipe = read_recipe(arguments.picture.read_bytes())
    except OSError as error:
        raise FileError(f"{arguments.picture} cannot be read: {error.strerror}.") from error
    image, differing = remade(load(arguments.model, device=arguments.device), recipe)
    image.save(arguments.out)
    print(f"Wrote {arguments.out}: {recipe.candidate} of state {recipe.state}; {differing} bits came out differently.")


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers such as 8,8,6") from None


def _generate(arguments: argparse.Namespace) -> None:
    from ttsvar.loading import load
    from ttsvar.png import bare
    from ttsvar.report import decision_table, generate

    names = ("n", "batch", "extractor", "potential", "lam", "cfg", "tau")
    changes = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    search = search_config(arguments.search, **changes)
    engine = load(arguments.model, device=arguments.device)
    report, image = generate(engine, arguments.prompt, search, arguments.seed, progress=not arguments.json)
    if arguments.no_recipe:
        image = bare(image)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    image.save(arguments.out)
    report["out"] = str(arguments.out)
    print(json.dumps(report, indent=1) if arguments.json else decision_table(report))


def _models(_: argparse.Namespace) -> None:
    from ttsvar.loading import models_table

    print(models_table())


def _conformance(arguments: argparse.Namespace) -> None:
    from ttsvar.conformance import run_conformance

    run_conformance(arguments.folder, arguments.out)
    print(f"Wrote {arguments.out}.")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", choices=TRAINABLE)
    parser.add_argument("--steps", type=int, help="optimiser steps in all; the shipped weights' number if not given")
    parser.add_argument("--folder", type=Path, default=Path(".cache/toybox"), help="scenes, checkpoints and logs")
    parser.add_argument("--processes", type=int, help="processes that share each batch, one thread each")
    parser.add_argument("--install", action="store_true", help="copy the finished weights into assets/toybox")
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> None:
    from ttsvar.toybox.train import train

    train(arguments.part, arguments.folder, arguments.steps, arguments.processes, arguments.install)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="toybox")
    parser.add_argument("--searches", nargs="+", default=["raw", "best-of-n", "tts-var"], help="named searches")
    parser.add_argument("--n", nargs="+", type=int, default=[1], help="factors N to run each search with")
    parser.add_argument("--per-category", type=int, default=20, help="prompts of each of the six categories")
    parser.add_argument("--seeds", type=int, default=1, help="images of each prompt and search")
    parser.add_argument("--seen", action="store_true", help="add prompts of training, summed up apart")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/evaluation.jsonl"), help="rows; an existing file is continued"
    )
    parser.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.evaluate import main as evaluate

    evaluate(
        arguments.model,
        arguments.searches,
        arguments.n,
        arguments.per_category,
        arguments.out,
        seeds=arguments.seeds,
        seen=arguments.seen,
    )


def _add_sheet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="toybox")
    parser.add_argument("--search", default="raw", help=f"one of {', '.join(SEARCHES)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-category", type=int, default=4, help="prompts of each of the six categories")
    parser.add_argument("--detections", action="store_true", help="mark what the detector sees, and its verdict")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_sheet)


def _sheet(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.contact_sheet import contact_sheet
    from ttsvar.evaluation.prompts import evaluation_prompts
    from ttsvar.loading import TOYBOX_FOLDER, load
    from ttsvar.toybox.detector import load_detector

    detector = load_detector(TOYBOX_FOLDER / "detector.safetensors") if arguments.detections else None
    prompts = evaluation_prompts(arguments.per_category)
    search = search_config(arguments.search)
    contact_sheet(load(arguments.model), prompts, arguments.out, search=search, seed=arguments.seed, detector=detector)
    print(f"Wrote {arguments.out}.")
