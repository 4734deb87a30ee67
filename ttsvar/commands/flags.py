"""The flags of loading a model, which the app, the command line and the benchmarks share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ttsvar.families.load import LoadSettings


def add_loading_flags(parser: argparse.ArgumentParser, model: str = "toybox") -> None:
    """--model and everything that its loading can be told."""
    parser.add_argument("--model", default=model, help=f"a named model, or a local folder (default: {model})")
    parser.add_argument("--device", help="cpu, cuda or mps (default: the best one here)")
    parser.add_argument("--dtype", help="float32, bf16 or fp16 of a published model (default: bf16 on cuda)")
    parser.add_argument("--weights", type=Path, help="a folder to search for weight files, and to download them to")
    parser.add_argument("--offload", action="store_true", help="keep judges and extractors on the CPU between uses")
    parser.add_argument("--eye", help="extractor of patch features, such as dinov2-large (default: the model's own)")
    parser.add_argument("--aspect", type=_ratio, default=1.0, help="height / width of published Infinity, such as 3/2")
    parser.add_argument("--resolution", help="0.06M, 0.25M, 0.60M or 1M pixels of published Infinity")
    parser.add_argument(
        "--level-embedding",
        choices=("first-block", "every-chunk"),
        help="where published Infinity adds its scale embedding; see docs/infinity.md",
    )


def add_reward_flag(parser: argparse.ArgumentParser) -> None:
    """--reward, where a search is chosen by flags."""
    parser.add_argument(
        "--reward", help="judge that a search goes by, such as hps (default: image-reward); `ttsvar models` lists all"
    )


def load_settings(arguments: argparse.Namespace) -> LoadSettings:
    """The settings that `add_loading_flags` asked for, and `--reward` and `--extractor` where the command has them."""
    # Torch takes seconds to import: `--help` should not wait for it.
    from ttsvar.families.load import LoadSettings

    level = arguments.level_embedding
    return LoadSettings(
        device=arguments.device,
        dtype=arguments.dtype,
        weights=arguments.weights,
        offload=arguments.offload,
        h_div_w=arguments.aspect,
        resolution=arguments.resolution,
        level_every_chunk=None if level is None else level == "every-chunk",
        eye=arguments.eye,
        reward=getattr(arguments, "reward", None),
        extractor=getattr(arguments, "extractor", None),
    )


def _ratio(text: str) -> float:
    """A number, or two with a stroke between them."""
    try:
        upper, _, lower = text.partition("/")
        value = float(upper) / float(lower or 1)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r} is no ratio such as 1.5 or 3/2") from None
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no ratio above 0")
    return value
