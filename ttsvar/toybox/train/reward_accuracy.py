"""How often a reward ranks right: near-miss pairs of each kind, on renderings, previews and the model's own samples."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ttsvar.errors import ConfigError
from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.protocols import Reward
from ttsvar.rewards.image_reward import load_scorer
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.train.own_samples import Painter, load_painter
from ttsvar.toybox.train.reward_data import planes
from ttsvar.toybox.world.near_misses import KINDS, TAGS_WITH, near_miss
from ttsvar.toybox.world.prompts import Request, sample_request, scene_for
from ttsvar.toybox.world.scenes import Scene, render
from ttsvar.toybox.world.vocabulary import TOYBOX

ImageSource = Callable[[Sequence[Scene], Sequence[Request]], Tensor]
"""Scenes and the requests they satisfy to images uint8 [B, 128, 128, 3] that show the same content."""


def rendered(scenes: Sequence[Scene], requests: Sequence[Request]) -> Tensor:
    """The drawings themselves."""
    return torch.from_numpy(np.stack([render(scene) for scene in scenes]))


def previewed(tokenizer: BSQAutoencoder, scale: int) -> ImageSource:
    """The drawings as the tokenizer shows them after `scale` (counting from 0)."""

    @torch.inference_mode()
    def source(scenes: Sequence[Scene], requests: Sequence[Request]) -> Tensor:
        parts = []
        for block in rendered(scenes, requests).split(16):
            bits, _ = tokenizer.quantizer.encode(tokenizer.encode_features(planes(block)), SCHEDULE.sizes)
            summed = tokenizer.quantizer.sum_codes(bits[: scale + 1], SCHEDULE.sizes[-1])
            parts.append(tokenizer.to_uint8(tokenizer.decode(summed)))
        return torch.cat(parts)

    return source


def sampled(painter: Painter, seed: int = 0) -> ImageSource:
    """The model's own samples whose content is known; see `own_samples`."""

    def source(scenes: Sequence[Scene], requests: Sequence[Request]) -> Tensor:
        generator, parts = torch.Generator().manual_seed(seed), []
        for start in range(0, len(scenes), 16):
            block = slice(start, start + 16)
            drawings = rendered(scenes[block], requests[block])
            parts.append(painter.continued(drawings, [r.prompt for r in requests[block]], generator))
        return torch.cat(parts)

    return source


SOURCES = ("rendered", "reconstructed", "preview-6", "preview-9", "samples")


def image_source(name: str, folder: Path) -> ImageSource:
    """One of SOURCES, with the tokenizer (and for samples the transformer) of a model folder."""
    if name not in SOURCES:
        raise ConfigError(f"There is no image source {name!r}; choose one of {', '.join(SOURCES)}.")
    if name == "rendered":
        return rendered
    if name != "samples":
        scale = len(SCHEDULE) - 1 if name == "reconstructed" else int(name.split("-")[1])
        return previewed(load_tokenizer(folder / "tokenizer.safetensors"), scale)
    return sampled(load_painter(folder))


def near_miss_accuracy(reward: Reward, source: ImageSource, pairs: int, seed: int) -> dict[str, dict[str, float]]:
    """Per kind of near-miss: accuracy over both questions, each asked of `pairs` pairs, held-out requests included.

    `by_prompt`: the right prompt scores above the near-miss prompt on one image. `by_image`: for one prompt the image
    that fits scores above the image of the near-miss. `accuracy` is the mean of both; chance is 0.5.
    """
    found = {}
    for number, kind in enumerate(KINDS):
        rng = np.random.default_rng((seed, number))
        right = [_request(kind, rng) for _ in range(pairs)]
        wrong = [near_miss(TOYBOX, request, kind, rng) for request in right]
        requests = right + wrong
        scenes = [scene_for(request, rng, training=False) for request in requests]
        images = source(scenes, requests)
        by_prompt, by_image = [], []
        for i, (said, miss) in enumerate(zip(right, wrong, strict=True)):
            fits, other = reward.score(images[[i, pairs + i]], said.prompt).tolist()
            missed = float(reward.score(images[[i]], miss.prompt))
            by_prompt.append(fits > missed)
            by_image.append(fits > other)
        found[kind] = {
            "accuracy": float(np.mean(by_prompt + by_image)),
            "by_prompt": float(np.mean(by_prompt)),
            "by_image": float(np.mean(by_image)),
            "pairs": pairs,
        }
    return found


def _request(kind: str, rng: np.random.Generator) -> Request:
    return sample_request(rng, str(rng.choice(TAGS_WITH[kind])))


def main() -> None:
    """`python -m ttsvar.toybox.train.reward_accuracy FOLDER --pairs 200 --out FILE`: a table, and JSON."""
    parser = argparse.ArgumentParser(description="How often the toybox reward ranks a right pair above a near-miss.")
    parser.add_argument("folder", type=Path, help="a folder with reward, tokenizer and transformer weights")
    parser.add_argument("--sources", nargs="+", default=list(SOURCES), choices=SOURCES)
    parser.add_argument("--pairs", type=int, default=200, help="pairs of each kind, each asked two questions")
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    reward = load_scorer(given.folder / "reward.safetensors")
    command = f"python -m ttsvar.toybox.train.reward_accuracy {given.folder} --pairs {given.pairs} --seed {given.seed}"
    figures: dict[str, dict] = {}
    for name in given.sources:
        kinds = near_miss_accuracy(reward, image_source(name, given.folder), given.pairs, given.seed)
        figures[name] = {"command": f"{command} --sources {name}", "kinds": kinds}
        print(f"{name:<14}" + "  ".join(f"{k} {found['accuracy']:.3f}" for k, found in kinds.items()), flush=True)
        if given.out:
            # After every source, as they take minutes on a busy machine.
            given.out.parent.mkdir(parents=True, exist_ok=True)
            given.out.write_text(json.dumps({"near_misses": figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
