"""What patch features know of layout, on scenes that training never drew, beside the same figures for plain pixels.

`python -m ttsvar.toybox.train.feature_metrics FEATURES TOKENIZER --out FIGURES.json` measures shipped weights.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch import Tensor

from ttsvar.extractor import clustering_input
from ttsvar.features.dinov2 import load_extractor
from ttsvar.features.extractors.pca import pca
from ttsvar.features.extractors.pca_raw import pca_raw
from ttsvar.protocols import FeatureExtractor
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.train.dataset import training_scene
from ttsvar.toybox.train.feature_views import to_planes, truncated
from ttsvar.toybox.world.prompts import Request, scene_for
from ttsvar.toybox.world.scenes import Scene, Thing, render
from ttsvar.toybox.world.shapes import Points, draw_shape
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE

COUNT = 64
PATCH, SIZE = 8, (IMAGE_SIZE, IMAGE_SIZE)
VALIDATION_SEED = 21
PREVIEW_SCALES = (3, 6, 7)
"""Scales that a preview shows: what is seen at the decisions after scales 2, 5 and 6."""
BLUR_SIDES = {3: 5, 6: 8, 7: 10}
"""Stands in for those previews where there is no tokenizer: pixels per side."""
TOUCHED = 0.1
"""Share of a patch from which on an object is in it at all."""
SAME_PROMPTS = (
    Request("color_attr", (("star", "red", 1), ("cup", "green", 1))),
    Request("counting", (("ball", "blue", 3),)),
)
Extract = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Pictures:
    """Finished images and their previews, uint8 [N, H, W, 3]; `recoloured` has the same layouts in other colours."""

    finals: Tensor
    previews: dict[int, Tensor]
    recoloured: Tensor
    scenes: tuple[Scene, ...]


class FeatureProbe:
    """A fixed set of scenes: of random prompts, and of two prompts with 64 layouts each, as a search meets them."""

    def __init__(self, seed: int, tokenizer: Path | None = None) -> None:
        rng = np.random.default_rng(seed)
        scenes = [[training_scene(seed, index)[1] for index in range(COUNT)]]
        scenes += [[scene_for(request, rng) for _ in range(COUNT)] for request in SAME_PROMPTS]
        self.groups = [_pictures(group, tokenizer) for group in scenes]

    def figures(self, extractor: FeatureExtractor) -> dict[str, float]:
        """Retrieval, separation and spread of an extractor's features."""
        return self._measure(extractor.extract)

    def baseline(self) -> dict[str, float]:
        """The same of plain pixels: the mean colour of each patch."""
        return self._measure(patch_colors)

    def _measure(self, extract: Extract) -> dict[str, float]:
        figures: dict[str, float] = {}
        finals = [extract(group.finals) for group in self.groups]
        for scales in PREVIEW_SCALES:
            previews = [extract(group.previews[scales]) for group in self.groups]
            for name, part in (("prompts", slice(0, 1)), ("layouts", slice(1, None))):
                pairs = list(zip(previews[part], finals[part], strict=True))
                for kind in ("pool", "pca", "patches"):
                    figures[f"found_{name}_{scales}_{kind}"] = _mean([retrieved(*pair, kind) for pair in pairs])
        other = [extract(group.recoloured) for group in self.groups]
        for kind in ("pool", "pca", "patches"):
            found = [retrieved(*pair, kind) for pair in zip(other[1:], finals[1:], strict=True)]
            figures[f"found_recoloured_{kind}"] = _mean(found)
        masks = thing_masks(self.groups[0].scenes)
        figures |= first_component_overlap(finals[0], masks)
        touched = thing_masks(self.groups[0].scenes, TOUCHED)
        figures["object_iou_touched"] = first_component_overlap(finals[0], touched)["object_iou"]
        figures["sign_agreement"] = sign_agreement(finals[0], masks)
        figures["same_object_auc"] = same_object_auc(finals[0], masks)
        return figures | spread(finals[0])


def _pictures(scenes: Sequence[Scene], tokenizer: Path | None) -> Pictures:
    drawn = np.stack([render(scene) for scene in scenes])
    other = np.stack([render(recoloured(scene)) for scene in scenes])
    if tokenizer is not None:
        wanted = (*PREVIEW_SCALES, len(SCHEDULE))
        *parts, drawn = truncated(drawn, tokenizer, wanted)
        shown = dict(zip(PREVIEW_SCALES, parts, strict=True))
        (other,) = truncated(other, tokenizer, wanted[-1:])
    else:
        shown = {scales: blur(drawn, BLUR_SIDES[scales]) for scales in PREVIEW_SCALES}
    previews = {scales: torch.from_numpy(images) for scales, images in shown.items()}
    return Pictures(torch.from_numpy(drawn), previews, torch.from_numpy(other), tuple(scenes))


def recoloured(scene: Scene) -> Scene:
    """The same layout with every colour replaced by another."""
    names = list(COLORS)
    things = [replace(t, color=names[(names.index(t.color) + 3) % len(names)]) for t in scene.things]
    return replace(scene, things=tuple(things))


def blur(images: np.ndarray, side: int) -> np.ndarray:
    """Images uint8 [N, H, W, 3] through a grid of `side` pixels."""
    planes = to_planes(torch.from_numpy(images))
    small = F.interpolate(planes, size=(side, side), mode="area")
    large = F.interpolate(small, size=images.shape[1:3], mode="bicubic").clamp(0, 1)
    return (large * 255).round().byte().permute(0, 2, 3, 1).contiguous().numpy()


def patch_colors(images: Tensor) -> Tensor:
    """Mean colour of each patch: uint8 [B, H, W, 3] to float32 [B, L, 3]."""
    return F.avg_pool2d(to_planes(images), PATCH).flatten(2).transpose(1, 2)


def retrieved(previews: Tensor, finals: Tensor, kind: str) -> float:
    """Share of previews [N, L, C] whose nearest final [N, L, C] is their own; kind 'pool', 'pca' or 'patches'."""
    both = torch.cat((previews, finals))
    vectors = both.flatten(1) if kind == "patches" else clustering_input(kind, both)
    distances = torch.cdist(vectors[: len(previews)], vectors[len(previews) :])
    return float((distances.argmin(1) == torch.arange(len(previews))).float().mean())


def thing_masks(scenes: Sequence[Scene], least: float = 0.5) -> Tensor:
    """Which object covers most of each patch: int64 [N, L], 1 + its index, 0 where objects cover less than `least`."""
    return torch.stack([_patch_owner(scene.things, least) for scene in scenes])


def _patch_owner(things: Sequence[Thing], least: float) -> Tensor:
    covers = []
    for thing in things:
        paint, mask = Image.new("RGB", SIZE), Image.new("L", SIZE)

        def to_pixels(points: Points, thing: Thing = thing) -> Points:
            return [(thing.x + x * thing.size, thing.y + y * thing.size) for x, y in points]

        draw_shape(ImageDraw.Draw(paint), ImageDraw.Draw(mask), thing.shape, COLORS[thing.color], to_pixels)
        covers.append(torch.from_numpy(np.asarray(mask, np.float32) / 255))
    share = F.avg_pool2d(torch.stack(covers)[None], PATCH)[0].flatten(1)
    return torch.where(share.sum(0) >= least, share.argmax(0) + 1, 0)


def split_in_two(values: Tensor) -> Tensor:
    """Otsu's threshold on [L]: bool [L], true on the smaller side."""
    ordered = values.double().sort().values
    count = torch.arange(1, len(values), dtype=torch.float64)
    left = ordered.cumsum(0)[:-1] / count
    right = (ordered.sum() - ordered.cumsum(0)[:-1]) / (len(values) - count)
    best = int((count * (len(values) - count) * (left - right).square()).argmax())
    upper = values.double() > ordered[best]
    return upper if upper.sum() * 2 <= len(values) else ~upper


def first_component_overlap(features: Tensor, masks: Tensor) -> dict[str, float]:
    """How the smaller side of each image's first principal component meets the objects: mean IoU, precision, recall."""
    rows = []
    for values, mask in zip(pca_raw(features), masks, strict=True):
        guess, truth = split_in_two(values), mask > 0
        both = (guess & truth).sum()
        rows.append([float(both / part.sum().clamp(min=1)) for part in (guess | truth, guess, truth)])
    names = ("object_iou", "object_precision", "object_recall")
    return {name: _mean(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def sign_agreement(features: Tensor, masks: Tensor) -> float:
    """Share of images in which aligned first components put the objects on the same side as in most others."""
    objects = masks > 0
    maps = pca(features)
    above = (maps * objects).sum(1) / objects.sum(1) > (maps * ~objects).sum(1) / (~objects).sum(1)
    share = float(above.float().mean())
    return max(share, 1 - share)


def same_object_auc(features: Tensor, masks: Tensor) -> float:
    """How surely two patches of one object are more alike than two of different objects in an image (0.5 is chance)."""
    centred = F.normalize(features - features.mean((0, 1), keepdim=True), dim=-1)
    scores = []
    for patches, owner in zip(centred, masks, strict=True):
        patches, owner = patches[owner > 0], owner[owner > 0]
        if len(owner.unique()) < 2:
            continue
        alike = (patches @ patches.T)[pairs := torch.triu_indices(len(owner), len(owner), 1).unbind()]
        same = owner[pairs[0]] == owner[pairs[1]]
        scores.append(_auc(alike[same], alike[~same]))
    return _mean(scores)


def _auc(positives: Tensor, negatives: Tensor) -> float:
    above = (positives[:, None] > negatives).float() + 0.5 * (positives[:, None] == negatives).float()
    return float(above.mean())


def spread(features: Tensor) -> dict[str, float]:
    """Against collapse: mean deviation of the channels over patches, and the effective rank (Roy & Vetterli 2007)."""
    patches = features.flatten(0, 1).double()
    centred = patches - patches.mean(0)
    powers = torch.linalg.eigvalsh(centred.T @ centred).clamp_min(0)
    shares = powers / powers.sum()
    rank = torch.exp(-(shares * shares.clamp_min(1e-12).log()).sum())
    return {"channel_std": float(patches.std(0).mean()), "effective_rank": float(rank)}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def core_seconds(extractor: FeatureExtractor, images: Tensor, rounds: int = 5) -> float:
    """Least processor seconds of one call on one thread, whatever else the machine does."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        extractor.extract(images)
        taken.append(time.process_time() - start)
    torch.set_num_threads(threads)
    return min(taken)


def main() -> None:
    """Measure a file of weights and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("features", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    extractor, probe = load_extractor(asked.features), FeatureProbe(VALIDATION_SEED, asked.tokenizer)
    seconds = core_seconds(extractor, probe.groups[0].finals[:8])
    figures = {
        "command": " ".join(sys.orig_argv[1:]),
        "parameters": sum(p.numel() for p in extractor.model.parameters()),
        "core_seconds_8_images": seconds,
        "features": probe.figures(extractor),
        "pixels": probe.baseline(),
    }
    asked.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
