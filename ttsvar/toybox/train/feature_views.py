"""The two views of self-distillation: a scene as it is, and a coarse, retoned, shifted, partly masked preview of it.

Nothing here mirrors, rotates or crops: where things stand is what the features are to be about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ttsvar.families.infinity.autoencoder import BSQAutoencoder
from ttsvar.families.infinity.tokenizer_checkpoint import load_tokenizer
from ttsvar.toybox.presets import SCHEDULE
from ttsvar.toybox.train.dataset import stamp
from ttsvar.types import ScaleSchedule

SIDES = (5, 6, 8, 10, 12, 16, 24, 32, 48, 64)
"""Pixels per side that a blurred preview is made from."""
MOST_SHIFT = 2
"""Patches that a view moves at most, along each axis."""
MASKED_SHARE = (0.15, 0.45)
HUE_TURNED = 0.3
"""Share of views whose colours are turned to quite other ones."""
FLIPS = 0.08
"""Largest share of wrong bits in the tokenizer's previews: models err too, and later scales mend it."""
CHUNK = 16


@dataclass(frozen=True)
class Views:
    """`teacher` and `student` float32 [B, 3, H, W] in [0, 1]; `masked` bool [B, L] patches hidden from the student.

    `shift` int64 [B, 2]: patch (row, column) of the student's view shows (row, column) + shift of the teacher's.
    """

    teacher: Tensor
    student: Tensor
    masked: Tensor
    shift: Tensor

    def to(self, device: torch.device) -> Views:
        """The same views on a device."""
        return Views(*(t.to(device) for t in (self.teacher, self.student, self.masked, self.shift)))


def student_views(images: Tensor, previews: Tensor | None, patch: int) -> Views:
    """Views of images uint8 [B, H, W, 3]; the first of them may have tokenizer previews uint8 [b, P, H, W, 3].

    The previews' last entry is the finished reconstruction. Draws come from torch's global generator.
    """
    teacher = to_planes(images)
    student = torch.stack([blurred(image) for image in teacher])
    if previews is not None:
        count, kinds = previews.shape[:2]
        rows = torch.arange(count)
        student[:count] = to_planes(previews[rows, torch.randint(kinds, (count,))])
        # The teacher, too, must know finished images as the tokenizer makes them.
        finished = torch.where(torch.rand(count) < 0.5)[0]
        teacher[finished] = to_planes(previews[finished, kinds - 1])
    shift = torch.randint(-MOST_SHIFT, MOST_SHIFT + 1, (len(images), 2))
    shift[torch.rand(len(images)) < 0.5] = 0
    student = shifted(retoned(student), shift * patch)
    side = images.shape[1] // patch
    masked = torch.stack([block_mask(side) for _ in range(len(images))]).flatten(1)
    return Views(teacher, student, masked, shift)


def to_planes(images: Tensor) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, H, W] in [0, 1]."""
    return images.permute(0, 3, 1, 2).float().div(255).contiguous()


def blurred(image: Tensor) -> Tensor:
    """One image [3, H, W], as it is or through a grid of few pixels, enlarged linearly or in squares."""
    choice = int(torch.randint(-3, len(SIDES), ()))
    if choice < 0:
        return image
    small = F.interpolate(image[None], size=(SIDES[choice],) * 2, mode="area")
    mode = "bicubic" if torch.rand(()) < 0.75 else "nearest"
    return F.interpolate(small, size=image.shape[1:], mode=mode)[0].clamp(0, 1)


def retoned(images: Tensor) -> Tensor:
    """Each image [B, 3, H, W] with its own brightness, contrast, tint, saturation, noise, and at times turned hue."""
    batch = len(images)
    draw = torch.rand(5, batch, 1, 1, 1) * 2 - 1
    grey = images.mean(1, keepdim=True)
    angle = torch.where(torch.rand(batch) < HUE_TURNED, torch.rand(batch) * 2 * torch.pi, 0.2 * torch.randn(batch))
    images = grey + (1 + 0.3 * draw[0]) * _turned(images - grey, angle)
    images = 0.5 + (1 + 0.25 * draw[1]) * (images - 0.5) + 0.12 * draw[2]
    images = images + 0.05 * (torch.rand(batch, 3, 1, 1) * 2 - 1) + 0.03 * draw[3].abs() * torch.randn_like(images)
    return images.clamp(0, 1)


def _turned(chroma: Tensor, angle: Tensor) -> Tensor:
    """Colours without their grey part [B, 3, H, W], turned about the grey axis."""
    cos, sin = angle.cos(), angle.sin() / 3**0.5
    identity = torch.eye(3)
    cross = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    matrix = cos[:, None, None] * identity + sin[:, None, None] * cross
    return torch.einsum("bij,bjhw->bihw", matrix, chroma)


def shifted(images: Tensor, pixels: Tensor) -> Tensor:
    """Windows of images [B, 3, H, W] moved by int64 [B, 2] (down, right); edges are drawn out."""
    height, width = images.shape[-2:]
    most = max(1, int(pixels.abs().max()))
    padded = F.pad(images, (most,) * 4, mode="replicate")
    windows = [
        image[:, most + down : most + down + height, most + right : most + right + width]
        for image, (down, right) in zip(padded, pixels.tolist(), strict=True)
    ]
    return torch.stack(windows)


def block_mask(side: int) -> Tensor:
    """A mask bool [side, side] of rectangles (BEiT's block-wise masking); empty for half of the images."""
    mask = torch.zeros(side, side, dtype=torch.bool)
    if torch.rand(()) < 0.5:
        return mask
    low, high = MASKED_SHARE
    wanted = float(torch.rand(())) * (high - low) + low
    while mask.float().mean() < wanted:
        height, width = torch.randint(2, side // 2 + 1, (2,)).tolist()
        top, left = int(torch.randint(side - height + 1, ())), int(torch.randint(side - width + 1, ()))
        mask[top : top + height, left : left + width] = True
    return mask


def patch_salience(images: Tensor, patch: int) -> Tensor:
    """How far each patch's colour is from the image's median colour: [B, 3, H, W] to [B, h, w] in [0, 1]."""
    median = images.flatten(2).median(-1).values[..., None, None]
    return (F.avg_pool2d((images - median).abs().mean(1, keepdim=True), patch)[:, 0] * 8).clamp(0, 1)


def previews_of(images: np.ndarray, tokenizer: Path, folder: Path) -> np.ndarray:
    """A coarse, a middling and the finished reconstruction of each image, with bit errors: uint8 [N, 3, H, W, 3].

    Drawn once and kept under `folder` by the tokenizer's stamp.
    """
    path = folder / f"previews-{len(images)}-{stamp(tokenizer)}.u8"
    shape = (len(images), 3, *images.shape[1:])
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        _draw_previews(images, tokenizer, np.memmap(temporary, np.uint8, "w+", shape=shape))
        temporary.rename(path)
    return np.memmap(path, np.uint8, "r", shape=shape)


def _draw_previews(images: np.ndarray, tokenizer: Path, out: np.ndarray) -> None:
    model = load_tokenizer(tokenizer)
    generator = torch.Generator().manual_seed(0)
    for chunk, start in enumerate(range(0, len(images), CHUNK)):
        part = images[start : start + CHUNK]
        flips = torch.rand(len(part), generator=generator).expand(len(SCHEDULE), -1) * FLIPS
        scales = (2 + chunk % 4, 6 + chunk % 6, len(SCHEDULE))
        out[start : start + len(part)] = np.stack(decoded(model, part, scales, flips, generator), 1)


def truncated(images: np.ndarray, tokenizer: Path, scales: Sequence[int]) -> list[np.ndarray]:
    """What the tokenizer shows of images uint8 [N, H, W, 3] after each of these numbers of scales, without errors."""
    model = load_tokenizer(tokenizer)
    shown: list[list[np.ndarray]] = [[] for _ in scales]
    for start in range(0, len(images), CHUNK):
        parts = decoded(model, images[start : start + CHUNK], scales)
        for collected, part in zip(shown, parts, strict=True):
            collected.append(part)
    return [np.concatenate(collected) for collected in shown]


@torch.inference_mode()
@torch.autocast("cpu", torch.bfloat16)
def decoded(
    model: BSQAutoencoder,
    images: np.ndarray,
    scales: Sequence[int],
    flips: Tensor | float = 0.0,
    generator: torch.Generator | None = None,
    schedule: ScaleSchedule = SCHEDULE,
) -> list[np.ndarray]:
    """Previews of one chunk from its first scales, uint8 [N, H, W, 3] each.

    In bfloat16: two and a half times as fast, and half a grey level off at most.
    """
    pictures = to_planes(torch.from_numpy(np.array(images))) * 2 - 1
    features = model.encode_features(pictures)
    _, bits, _ = model.quantizer.encode_flipped(features, schedule.sizes, flips, generator)
    parts = [model.quantizer.sum_codes(bits[:used], schedule.sizes[-1]) for used in scales]
    return [model.to_uint8(model.decode(part)).numpy() for part in parts]
