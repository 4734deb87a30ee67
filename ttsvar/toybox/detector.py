"""The toybox evaluator: a small anchor-free detector, used to measure and never to select.

Objects as points, after Zhou et al. 2019 (arXiv 1904.07850). Classes and background compete in one softmax per cell:
a shape without a name has no score, and a clear one comes near 1, as GenEval's counting threshold of 0.9 needs.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from ttsvar.detections import Detection
from ttsvar.errors import CheckpointError
from ttsvar.nn.residual import ResidualBlock
from ttsvar.toybox.world.things import COLORS, IMAGE_SIZE, SHAPES
from ttsvar.weights.strict import check_tensors, shapes
from ttsvar.weights.tensors import read_own

STRIDE = 8
LOWEST_SCORE = 0.05
SAME_OBJECT = 0.45
"""Two centres nearer than this share of the smaller box's mean edge are one object: toybox objects never overlap."""


@dataclass(frozen=True)
class DetectorConfig:
    """Channels at strides 4 and 8, residual blocks at strides 4, 8 and 16, and the names that the outputs stand for."""

    channels: tuple[int, int] = (48, 96)
    blocks: tuple[int, int, int] = (1, 3, 2)
    shapes: tuple[str, ...] = SHAPES
    colors: tuple[str, ...] = tuple(COLORS)


@dataclass(frozen=True)
class Maps:
    """Raw outputs per cell: `classes` [B, 1 + shapes, h, w] (0 is background), `colors` [B, colours, h, w], `boxes`.

    `boxes` [B, 4, h, w] holds the offset of the box's centre from the cell's, and the logarithm of width and height,
    all in cells.
    """

    classes: Tensor
    colors: Tensor
    boxes: Tensor


class ToyDetector(nn.Module):
    """Images to class, colour and box maps at stride 8; stride 16 lends its wider view."""

    def __init__(self, config: DetectorConfig | None = None) -> None:
        super().__init__()
        self.config = config or DetectorConfig()
        fine, coarse = self.config.channels
        at4, at8, at16 = self.config.blocks
        self.stem = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(12, fine, 3, stride=2, padding=1, bias=False))
        self.stem_norm = nn.BatchNorm2d(fine)
        self.fine = nn.Sequential(*(ResidualBlock(fine) for _ in range(at4)))
        self.down = nn.Conv2d(fine, coarse, 3, stride=2, padding=1)
        self.coarse = nn.Sequential(*(ResidualBlock(coarse) for _ in range(at8)))
        self.wide_down = nn.Conv2d(coarse, coarse, 3, stride=2, padding=1)
        self.wide = nn.Sequential(*(ResidualBlock(coarse) for _ in range(at16)))
        self.join = ResidualBlock(coarse)
        outputs = 1 + len(self.config.shapes) + len(self.config.colors) + 4
        self.head = nn.Conv2d(coarse, outputs, 1)
        with torch.no_grad():
            # Nearly every cell is background: start there instead of spending the first steps on it.
            self.head.bias[0] = 5.0  # type: ignore[index]

    def forward(self, images: Tensor) -> Maps:
        """Images [B, 3, H, W] in [-1, 1], H and W multiples of 16."""
        shapes, colors = len(self.config.shapes), len(self.config.colors)
        classes, hues, boxes = self.head(self.trunk(images)).split((1 + shapes, colors, 4), 1)
        return Maps(classes, hues, boxes)

    def trunk(self, images: Tensor) -> Tensor:
        """What the outputs are read from: images as in `forward` to [B, C, h, w] at stride 8."""
        x = self.fine(F.relu(self.stem_norm(self.stem(images))))
        x = self.coarse(F.relu(self.down(x)))
        wide = self.wide(F.relu(self.wide_down(x)))
        return self.join(x + F.interpolate(wide, scale_factor=2.0, mode="nearest"))

    @torch.inference_mode()
    def detect(self, images: Tensor, lowest: float = LOWEST_SCORE) -> list[list[Detection]]:
        """uint8 [B, 128, 128, 3] RGB to the detections of each image above a score of `lowest`, surest first."""
        self.eval()
        maps = self(to_input(images).to(self.head.weight.device))
        scores, labels = maps.classes.float().softmax(1)[:, 1:].max(1)
        boxes = to_pixels(maps.boxes.float())
        hues = maps.colors.argmax(1)
        found = []
        for score, label, hue, box in zip(scores, labels, hues, boxes, strict=True):
            cells = score.flatten().argsort(descending=True)[: int((score > lowest).sum())]
            columns = (score.flatten()[cells], label.flatten()[cells], hue.flatten()[cells], box.flatten(1)[:, cells].T)
            found.append(self._distinct(*(column.tolist() for column in columns)))
        return found

    def _distinct(
        self, scores: list[float], labels: list[int], hues: list[int], boxes: list[list[float]]
    ) -> list[Detection]:
        kept: list[Detection] = []
        for score, label, hue, (left, top, right, bottom) in zip(scores, labels, hues, boxes, strict=True):
            box = (left, top, right, bottom)
            if not any(_same(box, other.box) for other in kept):
                kept.append(Detection(self.config.shapes[label], box, score, self.config.colors[hue]))
        return kept


def to_input(images: Tensor) -> Tensor:
    """uint8 [B, H, W, 3] to float32 [B, 3, H, W] in [-1, 1]."""
    return images.permute(0, 3, 1, 2).float() / 127.5 - 1.0


def cell_centers(cells: int = IMAGE_SIZE // STRIDE) -> Tensor:
    """Pixels of the cells' centres: [2, h, w], x before y."""
    line = (torch.arange(cells) + 0.5) * STRIDE
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack((x, y))


def to_pixels(boxes: Tensor) -> Tensor:
    """Raw boxes [B, 4, h, w] to left, top, right, bottom in pixels."""
    centers = cell_centers(boxes.shape[-1]).to(boxes.device) + boxes[:, :2] * STRIDE
    half = boxes[:, 2:].clamp(-4.0, 4.0).exp() * STRIDE / 2
    return torch.cat((centers - half, centers + half), 1)


def _same(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    dx, dy = (a[0] + a[2] - b[0] - b[2]) / 2, (a[1] + a[3] - b[1] - b[3]) / 2
    edge = min(a[2] - a[0] + a[3] - a[1], b[2] - b[0] + b[3] - b[1]) / 2
    return (dx * dx + dy * dy) ** 0.5 < SAME_OBJECT * edge


def save_detector(model: ToyDetector, path: str | Path) -> None:
    """Write float16 safetensors with the config as JSON in the metadata."""
    state = {n: t.detach().cpu() for n, t in model.state_dict().items() if not n.endswith("num_batches_tracked")}
    half = {n: t.half().contiguous() for n, t in state.items()}
    save_file(half, str(path), metadata={"format": "ttsvar-toy-detector", "config": json.dumps(asdict(model.config))})


def load_detector(path: str | Path) -> ToyDetector:
    """Read a detector in float32 and evaluation mode; raises CheckpointError where the file does not fit exactly."""
    state, metadata = read_own(path, "detector")
    try:
        stored = json.loads(metadata["config"])
        model = ToyDetector(DetectorConfig(**{n: tuple(v) for n, v in stored.items()}))
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} is not a detector written by save_detector ({error!r}).") from error
    counters = {n: t for n, t in model.state_dict().items() if n.endswith("num_batches_tracked")}
    state = {name: tensor.float() for name, tensor in state.items()} | counters
    check_tensors(shapes(model.state_dict()), shapes(state), str(path), "its own config")
    model.load_state_dict(state)
    return model.eval()
