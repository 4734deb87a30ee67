"""The command line: generate, replay, models, conformance, train, evaluate, report, geneval, compbench and more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ttsvar.commands.flags import add_loading_flags, add_reward_flag, load_settings
from ttsvar.config import EXTRACTORS, POTENTIALS, SEARCHES, search_config
from ttsvar.errors import FileError, TTSVarError
from ttsvar.storage.outputs import PICTURES, prepare

TRAINABLE = ("tokenizer", "decoder", "transformer", "reward", "features", "detector")


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
    models.add_argument("--weights", type=Path, help="a folder to search for weight files first")
    models.set_defaults(run=_models)
    conformance = commands.add_parser("conformance", help="run a reference case and write what this code computes")
    conformance.add_argument("folder", type=Path)
    conformance.add_argument("--out", type=Path, required=True, help="a .safetensors file, or .json for decision cases")
    conformance.set_defaults(run=_conformance)
    _add_train(commands.add_parser("train", help="train a toybox model; continues where it was stopped"))
    _add_evaluate(commands.add_parser("evaluate", help="run the paper's experiments; goes on where it was stopped"))
    _add_report(commands.add_parser("report", help="turn the rows of evaluate into a page and docs/results.md"))
    _add_geneval(commands.add_parser("geneval", help="score a folder of images in GenEval's layout"))
    _add_compbench(commands.add_parser("compbench", help="score a folder of images for T2I-CompBench"))
    _add_prompts(commands.add_parser("prompts", help="write the published list of toybox prompts again"))
    _add_sheet(commands.add_parser("sheet", help="draw prompts of every category into one picture"))
    return parser


def _add_generate(parser: argparse.ArgumentParser) -> None:
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
    parser.add_argument("--out", type=Path, default=Path("ttsvar.storage.png"))
    parser.add_argument("--no-recipe", action="store_true", help="save the bare picture, without how it was made")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of the table")
    parser.set_defaults(run=_generate)


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("picture", type=Path, help="a PNG that was saved here with its recipe")
    add_loading_flags(parser)
    parser.add_argument("--out", type=Path, required=True, help="where the picture made again goes")
    parser.set_defaults(run=_replay)


def _replay(arguments: argparse.Namespace) -> None:
    from ttsvar.commands.generate import remade
    from ttsvar.families.load import load
    from ttsvar.storage.png import read_recipe

    prepare(arguments.out, *PICTURES[:1])
    try:
        recipe = read_recipe(arguments.picture.read_bytes())
    except OSError as error:
        raise FileError(f"{arguments.picture} cannot be read: {error.strerror}.") from error
    image, differing = remade(load(arguments.model, settings=load_settings(arguments)), recipe)
    image.save(arguments.out)
    print(f"Wrote {arguments.out}: {recipe.candidate} of state {recipe.state}; {differing} bits came out differently.")


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


def _generate(arguments: argparse.Namespace) -> None:
    from ttsvar.commands.generate import decision_table, generate
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


def _models(arguments: argparse.Namespace) -> None:
    from ttsvar.commands.models import models_table

    print(models_table(arguments.weights))


def _conformance(arguments: argparse.Namespace) -> None:
    from ttsvar.commands.conformance import run_conformance

    run_conformance(arguments.folder, arguments.out)
    print(f"Wrote {arguments.out}.")


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", choices=TRAINABLE)
    parser.add_argument("--steps", type=int, help="optimiser steps in all; the shipped weights' number if not given")
    parser.add_argument("--folder", type=Path, default=Path(".cache/toybox"), help="scenes, checkpoints and logs")
    parser.add_argument("--processes", type=int, help="processes that share each batch, one thread each")
    parser.add_argument(
        "--behind",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="begin with the installed weights, as if this share of the run lay behind them",
    )
    parser.add_argument("--install", action="store_true", help="copy the finished weights into assets/toybox")
    parser.set_defaults(run=_train)


def _train(arguments: argparse.Namespace) -> None:
    from ttsvar.toybox.train.trainable import train

    train(arguments.part, arguments.folder, arguments.steps, arguments.processes, arguments.install, arguments.behind)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
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
    parser.set_defaults(run=_evaluate)


def _evaluate(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.bench.evaluate import Options, evaluate
    from ttsvar.evaluation.bench.prompts import PUBLISHED

    options = Options(
        model=arguments.model,
        out=arguments.out,
        quick=arguments.quick,
        per_category=arguments.per_category,
        seeds=arguments.seeds,
        prompts=arguments.prompts or PUBLISHED,
        held_out=True if arguments.held_out else False if arguments.seen else None,
        measure=arguments.measure,
        settings=load_settings(arguments),
        ray=arguments.ray,
        workers=arguments.workers,
    )
    evaluate(arguments.names, options)


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rows", type=Path, default=Path("runs/evidence.sqlite"))
    parser.add_argument("--page", type=Path, default=Path("runs/evidence.html"), help="one HTML page with everything")
    parser.add_argument("--results", type=Path, default=Path("runs/results.md"), help="the same in short, as Markdown")
    parser.add_argument("--data", type=Path, help="what the app shows, such as assets/toybox/evidence.json")
    parser.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.report.write import write_report

    write_report(arguments.rows, arguments.page, arguments.results, arguments.data)


def _add_geneval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="holds 00000/samples/0000.png and 00000/metadata.jsonl, and so on")
    parser.add_argument("--measure", type=Path, help="folder with mask2former/ and clip/; the toybox detector without")
    parser.add_argument(
        "--metadata", type=Path, help="evaluation_metadata.jsonl, where the folders have none of theirs"
    )
    parser.add_argument("--device", help="cpu, cuda or mps; cpu if not given")
    parser.add_argument("--out", type=Path, default=Path("runs/geneval.jsonl"))
    parser.set_defaults(run=_geneval)


def _geneval(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.bench.score_folder import geneval_command

    geneval_command(arguments.folder, arguments.measure, arguments.out, arguments.metadata, arguments.device)


def _add_compbench(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="holds images called 'PROMPT_000000.png'")
    parser.add_argument("category", choices=("color", "shape", "texture", "numeracy", "spatial"))
    parser.add_argument("--measure", type=Path, required=True, help="folder with blip_vqa/ and mask2former/")
    parser.add_argument("--device", help="cpu, cuda or mps; cpu if not given")
    parser.add_argument("--out", type=Path, default=Path("runs/compbench.jsonl"))
    parser.set_defaults(run=_compbench)


def _compbench(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.bench.score_folder import compbench_command

    compbench_command(arguments.folder, arguments.category, arguments.measure, arguments.out, arguments.device)


def _add_prompts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, help="another place than assets/toybox/geneval_metadata.jsonl")
    parser.set_defaults(run=_prompts)


def _prompts(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.bench.prompts import PUBLISHED, make_prompts, write_prompts

    out = arguments.out or PUBLISHED
    prepare(out)
    prompts = make_prompts()
    write_prompts(prompts, out)
    print(f"Wrote {len(prompts)} prompts to {out}.")


def _add_sheet(parser: argparse.ArgumentParser) -> None:
    add_loading_flags(parser)
    parser.add_argument("--search", default="raw", help=f"one of {', '.join(SEARCHES)}")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--per-category", type=int, default=4, help="prompts of each category")
    parser.add_argument("--detections", action="store_true", help="mark what the detector sees, and its verdict")
    parser.add_argument("--out", type=Path, required=True)
    parser.set_defaults(run=_sheet)


def _sheet(arguments: argparse.Namespace) -> None:
    from ttsvar.evaluation.bench.contact_sheet import contact_sheet
    from ttsvar.evaluation.bench.prompts import evaluation_prompts
    from ttsvar.families.load import TOYBOX_FOLDER, load
    from ttsvar.toybox.detector import load_detector

    prepare(arguments.out, *PICTURES)
    detector = load_detector(TOYBOX_FOLDER / "detector.safetensors") if arguments.detections else None
    prompts = evaluation_prompts(arguments.per_category)
    search = search_config(arguments.search)
    engine = load(arguments.model, settings=load_settings(arguments))
    contact_sheet(engine, prompts, arguments.out, search=search, seed=arguments.seed, detector=detector)
    print(f"Wrote {arguments.out}.")
