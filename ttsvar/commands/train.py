"""`ttsvar train`: train a toybox model from the project's own scenes."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "train a toybox model; continues where it was stopped"
TRAINABLE = ("tokenizer", "decoder", "transformer", "reward", "features", "supervised", "detector")


def add(parser: argparse.ArgumentParser) -> None:
    """Which model, how long, and where."""
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


def run(arguments: argparse.Namespace) -> None:
    """Train until done or interrupted."""
    from ttsvar.toybox.train.trainable import train

    train(arguments.part, arguments.folder, arguments.steps, arguments.processes, arguments.install, arguments.behind)
