"""What the toybox reward is trained on: images with prompts that fit or almost fit, and what stands in each patch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.train.dataset import SceneSet
from ttsvar.toybox.world.near_misses import false_requests, true_requests, wrong_words
from ttsvar.toybox.world.prompts import Request
from ttsvar.toybox.world.vocabulary import SceneThing, Vocabulary
from ttsvar.types import ScaleSchedule

MISSES = 3
"""Near-misses shown with every right prompt."""
FLIP_MOST = 0.12
CHUNK = 32


@dataclass(frozen=True)
class PatchTargets:
    """Per patch of an 8 x 8 grid: shape and colour (0 = background), how many alike, offsets to centre and others."""

    shape: Tensor
    """int64 [B, L], 0 or 1 + index."""
    color: Tensor
    """int64 [B, L], 0 or 1 + index; the last label is that of things with several colours of their own."""
    alike: Tensor
    """int64 [B, L], how many objects of this shape the scene has; -100 on background."""
    offsets: Tensor
    """float32 [B, L, 4] in half images: from the patch to its object's centre, from the others' mean to that centre."""
    has_others: Tensor
    """bool [B, L]: an object's patch in a scene of several."""


def patch_targets(world: Vocabulary, scenes: Sequence[Sequence[SceneThing]], grid: int) -> PatchTargets:
    """What covers each patch's centre, from exact metadata."""
    centres = (np.arange(grid) + 0.5) * world.edge / grid
    shape, color = (np.zeros((len(scenes), grid, grid), np.int64) for _ in range(2))
    alike = np.full((len(scenes), grid, grid), -100, np.int64)
    offsets = np.zeros((len(scenes), grid, grid, 4), np.float32)
    has_others = np.zeros((len(scenes), grid, grid), bool)
    for i, things in enumerate(scenes):
        for t in things:
            left, top, right, bottom = t.box
            at = np.ix_((centres >= top) & (centres <= bottom), (centres >= left) & (centres <= right))
            shape[i][at] = 1 + world.shapes.index(t.shape)
            color[i][at] = 1 + (len(world.colors) if t.color is None else world.colors.index(t.color))
            alike[i][at] = sum(o.shape == t.shape for o in things)
            others = [o for o in things if o is not t]
            dx, dy = np.meshgrid(t.x - centres, t.y - centres)
            offsets[i][at] = np.stack([dx, dy, *_from_others(t, others, grid)], -1)[at] / (world.edge / 2)
            has_others[i][at] = bool(others)
    flat = [torch.from_numpy(a).flatten(1, 2) for a in (shape, color, alike, offsets, has_others)]
    return PatchTargets(*flat)


def _from_others(t: SceneThing, others: list[SceneThing], grid: int) -> tuple[np.ndarray, np.ndarray]:
    if not others:
        return np.zeros((grid, grid)), np.zeros((grid, grid))
    x, y = (float(np.mean([getattr(o, axis) for o in others])) for axis in "xy")
    return np.full((grid, grid), t.x - x), np.full((grid, grid), t.y - y)


def prompts_for(
    world: Vocabulary,
    request: Request,
    things: Sequence[SceneThing],
    rng: np.random.Generator,
    *,
    reword: bool = True,
) -> tuple[list[str], list[set[str]]]:
    """A prompt that fits the scene and near-misses that do not: (prompts [1 + MISSES], the wrong words of each).

    `reword` lets the prompt say something else that the metadata bear out.
    """
    said = [r for r in true_requests(world, things) if not r.held_out] or [request]
    beside = [r for r in said if r.relation]
    # Sides are learned last: half of what is said of two objects is how they stand.
    choices = [request] if not reword else beside if beside and rng.random() < 0.5 else [*said, request]
    right = choices[int(rng.integers(len(choices)))]
    misses = false_requests(world, things, right, rng, MISSES)
    return [right.prompt, *(m.prompt for m in misses)], [set(), *(wrong_words(world, right, m) for m in misses)]


def roughen(images: Tensor, generator: torch.Generator) -> Tensor:
    """Images float32 [B, 3, H, W] in 0..255: half of them blurred at random and noisy, as coarse previews are."""
    result = images.clone()
    picks = torch.randperm(len(images), generator=generator)[: len(images) // 2]
    for part in picks.split(8):
        side = int(torch.randint(12, 100, (), generator=generator))
        x = F.interpolate(images[part], size=(side, side), mode="area")
        x = F.interpolate(x, size=images.shape[-2:], mode="bilinear")
        tint = 1 + 0.05 * torch.randn(len(part), 3, 1, 1, generator=generator)
        noise = 5 * torch.rand(len(part), 1, 1, 1, generator=generator)
        result[part] = (x * tint + noise * torch.randn(x.shape, generator=generator)).clamp(0, 255)
    return result


@torch.inference_mode()
def reconstructions(
    scenes: SceneSet,
    tokenizer: BSQAutoencoder,
    path: Path,
    *,
    count: int,
    seed: int,
    fewest: int | None = 5,
    schedule: ScaleSchedule = SCHEDULE,
) -> SceneSet:
    """The first scenes as the tokenizer shows them, drawn once and kept at `path`: half of them from all scales.

    The others stop after `fewest` or more scales; with None all are finished pictures. Each image has its own share of
    bit errors, in the later scales only, so that its content stays what the metadata say.
    """
    if not path.exists():
        generator = torch.Generator().manual_seed(seed)
        temporary = path.with_suffix(".tmp")
        images = np.memmap(temporary, np.uint8, "w+", shape=(count, *scenes.images.shape[1:]))
        for start in range(0, count, CHUNK):
            block = torch.from_numpy(np.array(scenes.images[start : min(start + CHUNK, count)]))
            images[start : start + len(block)] = perturbed(block, tokenizer, generator, fewest, schedule).numpy()
        images.flush()
        temporary.replace(path)
    images = np.memmap(path, np.uint8, "r", shape=(count, *scenes.images.shape[1:]))
    return SceneSet(images, scenes.requests[:count], scenes.things[:count])


def perturbed(
    images: Tensor,
    tokenizer: BSQAutoencoder,
    generator: torch.Generator,
    fewest: int | None,
    schedule: ScaleSchedule = SCHEDULE,
) -> Tensor:
    """uint8 [B, H, W, 3] through the tokenizer, with bit errors after scale 5; half of them lack the last scales.

    None lacks a scale where `fewest` is None.
    """
    scales, finest = len(schedule), schedule.sizes[-1]
    chances = torch.rand(len(images), generator=generator) * FLIP_MOST
    flip = chances.expand(scales, -1) * (torch.arange(scales) > 5)[:, None]
    with torch.autocast("cpu", torch.bfloat16):
        features = tokenizer.encode_features(planes(images))
    _, fed, summed = tokenizer.quantizer.encode_flipped(features, schedule.sizes, flip, generator)
    if fewest is not None:
        last, half = int(torch.randint(fewest, scales, (), generator=generator)), len(images) // 2
        partial = tokenizer.quantizer.sum_codes([bits[half:] for bits in fed[:last]], finest)
        summed = torch.cat([summed[:half], partial])
    with torch.autocast("cpu", torch.bfloat16):
        return tokenizer.to_uint8(tokenizer.decode(summed))


def planes(images: Tensor) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, H, W] in [-1, 1], planes contiguous."""
    return images.permute(0, 3, 1, 2).float().div(127.5).sub(1).contiguous()
