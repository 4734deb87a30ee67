"""Images made elsewhere: GenEval's folder layout, T2I-CompBench's file names, and pictures read with care."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from ttsvar.errors import ConfigError, ImageError
from ttsvar.evaluation.bench.prompts import read_prompts

IMAGE_NAME = re.compile(r"\d+\.png")
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises for damaged pictures."""
SAMPLES = "samples"
"""Of a folder in T2I-CompBench's layout, where its images may lie."""
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


@dataclass(frozen=True)
class FolderImage:
    """One image and what GenEval's rule asks of it."""

    path: Path
    metadata: dict[str, Any]


def geneval_images(folder: str | Path, metadata: str | Path | None = None) -> list[FolderImage]:
    """Every image of GenEval's layout: FOLDER/00000/samples/0000.png, with FOLDER/00000/metadata.jsonl.

    Where a prompt's folder has no metadata.jsonl, its number names the line of `metadata` (evaluation_metadata.jsonl,
    from 0). Raises ConfigError that names what is missing.
    """
    folder = Path(folder)
    places = sorted(p for p in folder.iterdir() if p.is_dir() and p.name.isdecimal()) if folder.is_dir() else []
    if not places:
        raise ConfigError(
            f"{folder} is not in GenEval's layout: it must hold one numbered folder a prompt, "
            "as in 00000/samples/0000.png."
        )
    listed = None if metadata is None else read_prompts(metadata)
    found = []
    for place in places:
        images = sorted(p for p in (place / "samples").glob("*.png") if IMAGE_NAME.fullmatch(p.name))
        if not images:
            raise ConfigError(f"{place} has no image in samples/; GenEval's are called 0000.png, 0001.png and so on.")
        own = place / "metadata.jsonl"
        if own.is_file():
            asked = read_prompts(own)[0].metadata
        elif listed is not None and int(place.name) < len(listed):
            asked = listed[int(place.name)].metadata
        else:
            raise ConfigError(f"{place} has no metadata.jsonl; add it, or give --metadata evaluation_metadata.jsonl.")
        found += [FolderImage(path, asked) for path in images]
    return found


def named_images(folder: str | Path) -> Iterator[tuple[Path, str]]:
    """Every image of T2I-CompBench's layout, with its prompt: 'a green bench and a red car_000000.png'.

    Hidden files are left out: macOS writes `._NAME.png` beside a picture where it keeps what the disk cannot.
    """
    folder = Path(folder)
    folder = folder / SAMPLES if (folder / SAMPLES).is_dir() else folder
    found = folder.iterdir() if folder.is_dir() else ()
    paths = sorted(p for p in found if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
    if not paths:
        raise ConfigError(f"{folder} holds no image; T2I-CompBench's are called 'PROMPT_000000.png'.")
    for path in paths:
        prompt, _, number = path.stem.rpartition("_")
        if not prompt or not number.isdigit():
            raise ConfigError(f"{path.name} does not tell its prompt; call it 'PROMPT_000000.png'.")
        yield path, prompt


def read_image(path: Path) -> Tensor:
    """A picture as uint8 [H, W, 3] RGB, turned as its EXIF says; 16 bits of grey are scaled to 8.

    Raises ImageError naming the file, also where it holds other numbers than levels of a picture.
    """
    try:
        with Image.open(path) as image:
            turned = ImageOps.exif_transpose(image) or image
            return torch.from_numpy(np.array(_eight_bits(turned, path).convert("RGB")))
    except UNREADABLE as error:
        raise ImageError(f"{path} cannot be read as an image ({error}); replace it, or take it out.") from error


def _eight_bits(image: Image.Image, path: Path) -> Image.Image:
    """Deep greys as their upper 8 bits: Pillow's own conversion cuts all above 255, which leaves a white picture."""
    if image.mode not in ("I", "F") and not image.mode.startswith("I;16"):
        return image
    levels = np.asarray(image)
    if image.mode == "F" or levels.min() < 0 or levels.max() > 65535:
        raise ImageError(
            f"{path} holds {'fractions' if image.mode == 'F' else 'whole numbers beyond 16 bits'}, not levels of grey; "
            "save it with 8 or 16 bits a channel."
        )
    return Image.fromarray((levels >> 8).astype(np.uint8))


def append_json(path: Path, row: dict[str, Any]) -> None:
    """Add one line to a JSON Lines file; raises ConfigError where it cannot be written."""
    try:
        with open(path, "a") as file:
            file.write(json.dumps(row) + "\n")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written ({error}); lines written before are kept.") from error
