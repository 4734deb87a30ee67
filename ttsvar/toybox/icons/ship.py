"""From a training folder to the folder that ships: all parts checked, their sizes, digests and figures in a model card.

`python -m ttsvar.toybox.icons.ship FOLDER --out OUT` writes weights that `--model OUT` runs.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ttsvar.config import SearchConfig
from ttsvar.errors import CheckpointError
from ttsvar.families.infinity.text import load_text_encoder
from ttsvar.families.load import load
from ttsvar.families.registry import DETECTOR, ICONS_FOLDER
from ttsvar.toybox.detector import load_detector
from ttsvar.toybox.icons.source import PACKAGE, VERSION
from ttsvar.toybox.worlds import WORLDS
from ttsvar.weights.download import readable
from ttsvar.weights.tensors import read_own

MOST_BYTES, MOST_OF_A_FILE = 60 * 10**6, 16 * 10**6


@dataclass(frozen=True)
class Shipped:
    """One file: where training leaves it, its class, and what it does."""

    source: str
    kind: str
    does: str

    @property
    def part(self) -> str:
        """The training's name of it."""
        return self.source.partition("/")[0]


PARTS: Mapping[str, Shipped] = {
    "tokenizer.safetensors": Shipped(
        "tokenizer/tokenizer.safetensors", "`BSQAutoencoder`", "128 px <-> 13 scales of 32-bit tokens, 1x1 to 16x16"
    ),
    "transformer.safetensors": Shipped(
        "transformer/transformer.safetensors", "`Infinity`", "draws the bits, scale by scale"
    ),
    "text_encoder.safetensors": Shipped(
        "transformer/text_encoder.safetensors", "transformers `T5EncoderModel`", "prompts of known words to features"
    ),
    "features.safetensors": Shipped(
        "features/features.safetensors",
        "transformers `Dinov2WithRegistersModel`",
        "16x16 patch features for clustering and maps, self-supervised",
    ),
    "supervised.safetensors": Shipped(
        "supervised/supervised.safetensors",
        "small residual network",
        "one vector an image; what `--extractor inception` clusters on",
    ),
    "reward.safetensors": Shipped(
        "reward/reward.safetensors", "`ImageReward`", "`image-reward`: trained on finished pictures alone"
    ),
    "preview_reward.safetensors": Shipped(
        "preview_reward/reward.safetensors", "`ImageReward`", "`preview-reward`: trained on previews, too"
    ),
    "detector.safetensors": Shipped(
        "detector/detector.safetensors", "centre heat maps", "classes, boxes, colours; evaluates, never selects"
    ),
}


def ship(folder: Path, out: Path) -> str:
    """Copy all parts of a training folder, check that they run together, and write the model card; returns it.

    Raises CheckpointError where a part is missing, is not in fp16, or is too large, before anything is written.
    """
    sources = {name: folder / part.source for name, part in PARTS.items()}
    if lacking := [str(path) for path in sources.values() if not path.is_file()]:
        raise CheckpointError(
            f"{folder} lacks {', '.join(lacking)}; train these parts, or write those of checkpoints with "
            "`python -m ttsvar.toybox.icons.train PART --snapshot`."
        )
    parameters = {name: _parameters(path) for name, path in sources.items()}
    sizes = {name: path.stat().st_size for name, path in sources.items()}
    large = [name for name, size in sizes.items() if size > MOST_OF_A_FILE]
    if large or sum(sizes.values()) > MOST_BYTES:
        raise CheckpointError(
            f"The weights take {readable(sum(sizes.values()))}, {', '.join(large) or 'no file'} more than "
            f"{readable(MOST_OF_A_FILE)}; at most {readable(MOST_BYTES)} ship."
        )
    icons = next(world for world in WORLDS if world.name == "icons")
    words = load_text_encoder(sources["text_encoder.safetensors"]).tokenizer.words
    if strange := sorted(icons.words.symmetric_difference(words)):
        raise CheckpointError(f"The text encoder was trained with other words than the world has: {strange[:5]}.")
    out.mkdir(parents=True, exist_ok=True)
    for name, path in sources.items():
        shutil.copyfile(path, out / name)
    card = model_card(folder, sources, parameters, _tried(out))
    (out / "README.md").write_text(card, encoding="utf-8")
    return card


def _tried(out: Path) -> str:
    """Draw a picture, let both rewards and the detector look at it, and return the digest that recipes name."""
    engine = load(str(out))
    state = engine.begin("a photo of a dog", search=SearchConfig(strategy="raw"), seed=0)
    while not state.done:
        state = engine.commit(engine.step(state))
    for reward in ("image-reward", "preview-reward"):
        engine.judge(state, reward)
    load_detector(out / DETECTOR).detect(torch.from_numpy(np.array(engine.best(state).convert("RGB"))[None]))
    return engine.weights


def model_card(folder: Path, sources: Mapping[str, Path], parameters: Mapping[str, int], digest: str) -> str:
    """The card, with every figure read from the weights and the logs beside them."""
    rows = [
        f"| `{name}` | {part.kind} | {parameters[name] / 1e6:.2f} M | {sources[name].stat().st_size / 1e6:.1f} MB | "
        f"{part.does} | `{_sha256(sources[name])}` |"
        for name, part in PARTS.items()
    ]
    total = sum(path.stat().st_size for path in sources.values()) / 1e6
    told = [f"- {line}" for part in dict.fromkeys(p.part for p in PARTS.values()) if (line := _last(folder, part))]
    return f"""# The icon world: model card

GenEval's 80 classes in its ten colours, drawn as icons: the weights behind `--model icons`. Every part is of the class
that the published weights use; the weights are ours, trained on scenes that this project draws (docs/icons.md). MIT
licence.

| file | class | parameters | size | what it does | SHA-256 |
|---|---|---|---|---|---|
{chr(10).join(rows)}

{total:.1f} MB in all. Recipes and runs name these weights `{digest}`.

## Attribution

The scenes were drawn with Microsoft's Fluent Emoji (`{PACKAGE}` {VERSION}, MIT licence,
copyright (c) Microsoft Corporation) and with drawings of this project. No icon file is part of these weights. Class
names and prompts are those of GenEval (arXiv 2310.11513) and COCO.

## Training

`python -m ttsvar.toybox.icons.train PART --folder FOLDER` for each part, then
`python -m ttsvar.toybox.icons.ship FOLDER`, which wrote this page. What the logs say of the last check on scenes that
training never drew:

{chr(10).join(told)}

## Limits

Icons on quiet grounds, one to four things; any word but those of docs/icons.md is marked in the app and read as
unknown. One in ten pairs of class and colour, one in eight relations and one in nine pairs of classes were held out of
the generator's training.
The detector and the rewards share no weights and no seeds; the supervised network has scenes of its own.
"""


def _parameters(path: Path) -> int:
    """How many numbers a file holds; CheckpointError where they are not in fp16."""
    tensors, _ = read_own(path, path.stem)
    wide = [name for name, tensor in tensors.items() if tensor.is_floating_point() and tensor.dtype != torch.float16]
    if wide:
        raise CheckpointError(f"{path} holds {wide[0]} in {tensors[wide[0]].dtype}; write it in fp16.")
    return sum(tensor.numel() for tensor in tensors.values())


def _last(folder: Path, part: str) -> str:
    """Step and figures of the last check in a part's log; empty where there is none."""
    logs = sorted((folder / part).glob("*.csv"))
    rows = [row for log in logs for row in csv.reader(log.open()) if len(row) == 4]
    checked = [row for row in rows if row[2].startswith("val_") or row[2].startswith(("rendering", "found"))]
    if not checked:
        return f"{part}: {rows[-1][0]} steps." if rows else ""
    step = checked[-1][0]
    figures = {name: float(value) for at, _, name, value in checked if at == step and "_scale_" not in name}
    return f"{part}, step {step}: " + ", ".join(f"{name} {value:.3g}" for name, value in figures.items()) + "."


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def main() -> None:
    """Write the folder and print its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the parts were trained")
    parser.add_argument("--out", type=Path, default=ICONS_FOLDER, help="the folder that ships (default: assets/icons)")
    given = parser.parse_args()
    print(ship(given.folder, given.out))


if __name__ == "__main__":
    main()
