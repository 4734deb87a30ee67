"""Whether weights know this world: every class asked for by itself, drawn raw, and looked at by a judge.

`python -m ttsvar.toybox.icons.gate FOLDER --out sheet.png` draws GenEval's 80 single-object prompts a few times each.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from ttsvar.config import SearchConfig
from ttsvar.detections import Detection, Detector
from ttsvar.engine.loop import Engine
from ttsvar.families.infinity.backend import InfinityBackend
from ttsvar.families.infinity.checkpoint import load_saved_transformer
from ttsvar.families.infinity.text import load_text_encoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.families.registry import DETECTOR
from ttsvar.toybox.detector import load_detector
from ttsvar.toybox.icons.catalogue import KINDS
from ttsvar.toybox.icons.matching import IconMatcher
from ttsvar.toybox.icons.words import phrase
from ttsvar.types import ScaleSchedule

OVERALL, EACH = 0.90, 0.70
"""Shares of pictures that must be recognised: of all, and of every class."""
SURE = 0.3
"""Score from which a detection counts, GenEval's for a single object."""
COLUMNS, LABEL = 16, 14
RIGHT, WRONG, INK = (30, 150, 80), (210, 40, 40), (20, 20, 20)

Draw = Callable[[str, int], np.ndarray]
"""A prompt and a seed to a picture uint8 [H, W, 3]."""
Find = Callable[[np.ndarray], Sequence[Detection]]


@dataclass(frozen=True)
class Gate:
    """The share of each class's pictures that were recognised, and the first picture of each."""

    shares: Mapping[str, float]
    pictures: Mapping[str, np.ndarray]

    @property
    def overall(self) -> float:
        """The mean over classes."""
        return float(np.mean(list(self.shares.values())))

    @property
    def unclear(self) -> list[str]:
        """Classes below the bar, worst first."""
        return sorted((name for name, share in self.shares.items() if share < EACH), key=lambda n: self.shares[n])

    @property
    def passed(self) -> bool:
        """Whether these weights may become the default."""
        return self.overall >= OVERALL and not self.unclear


def ask_every_class(draw: Draw, find: Find, pictures: int, names: Sequence[str] | None = None) -> Gate:
    """Draw each class (all if None) so many times; right is what the judge is sure to see at least once."""
    shares, first = {}, {}
    for name in names or [kind.name for kind in KINDS]:
        drawn = [draw(f"a photo of {phrase(name, None, 1)}", seed) for seed in range(pictures)]
        shares[name] = float(np.mean([any(d.cls == name and d.score > SURE for d in find(p)) for p in drawn]))
        first[name] = drawn[0]
    return Gate(shares, first)


def gate_sheet(gate: Gate) -> Image.Image:
    """The first picture of every class, its share of right ones under it, framed by whether it clears the bar."""
    side = next(iter(gate.pictures.values())).shape[0]
    wide, high = side + 8, side + 8 + LABEL
    rows = -(-len(gate.pictures) // COLUMNS)
    sheet = Image.new("RGB", (min(COLUMNS, len(gate.pictures)) * wide, rows * high), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for number, (name, picture) in enumerate(gate.pictures.items()):
        x, y = number % COLUMNS * wide, number // COLUMNS * high
        share = gate.shares[name]
        pen.rectangle((x + 1, y + 1, x + side + 6, y + side + 6), fill=RIGHT if share >= EACH else WRONG)
        sheet.paste(Image.fromarray(picture), (x + 4, y + 4))
        pen.text((x + 4, y + side + 7), f"{name} {share:.2f}", INK)
    return sheet


def raw_artist(folder: Path) -> Draw:
    """What draws with the transformer, text encoder and tokenizer of a folder, one candidate and no search."""
    transformer = load_saved_transformer(folder / "transformer.safetensors").eval()
    text, tokenizer = (folder / f"{part}.safetensors" for part in ("text_encoder", "tokenizer"))
    schedule = ScaleSchedule(transformer.config.sizes)
    backend = InfinityBackend(transformer, load_tokenizer(tokenizer), load_text_encoder(text), schedule, "icons")
    engine = Engine(backend, {}, {})

    def draw(prompt: str, seed: int) -> np.ndarray:
        state = engine.begin(prompt, search=SearchConfig(strategy="raw"), seed=seed)
        while not state.done:
            state = engine.commit(engine.step(state))
        return np.asarray(engine.best(state).convert("RGB"))

    return draw


def looks_with(judge: Detector) -> Find:
    """What a judge of batches sees in one picture."""
    return lambda picture: judge.detect(torch.from_numpy(picture.copy())[None])[0]


def main() -> None:
    """Print the verdict, list what is unclear, and write a sheet and the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="transformer, text encoder and tokenizer of one model")
    parser.add_argument("--pictures", type=int, default=4, help="of each class")
    parser.add_argument("--match", action="store_true", help="judge by template matching, not by the detector")
    parser.add_argument("--icons", type=Path, help="file of packed icons to match with, instead of the published set")
    parser.add_argument("--out", type=Path, default=Path("gate.png"))
    given = parser.parse_args()
    path = given.folder / DETECTOR
    judge = IconMatcher.open(given.icons) if given.match or not path.is_file() else load_detector(path)
    gate = ask_every_class(raw_artist(given.folder), looks_with(judge), given.pictures)
    gate_sheet(gate).save(given.out)
    given.out.with_suffix(".json").write_text(json.dumps({"overall": gate.overall, "classes": gate.shares}, indent=1))
    unclear = ", ".join(f"{name} {gate.shares[name]:.2f}" for name in gate.unclear) or "none"
    print(f"{'Passed' if gate.passed else 'Not passed'}: {gate.overall:.3f} overall; below {EACH:g}: {unclear}.")


if __name__ == "__main__":
    main()
