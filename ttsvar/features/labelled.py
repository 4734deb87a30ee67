"""A small network trained with labels of whole images: the toybox sibling of InceptionV3, read the same way."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from ttsvar.errors import CheckpointError
from ttsvar.features.supervised import SupervisedExtractor
from ttsvar.nn.residual import ResidualBlock
from ttsvar.weights.strict import check_tensors, shapes
from ttsvar.weights.tensors import read_own

FORMAT = "ttsvar-labelled"


@dataclass(frozen=True)
class LabelledConfig:
    """Pixels of an edge, channels and residual blocks at strides 4, 8 and 16, and what the outputs stand for."""

    labels: tuple[str, ...]
    size: int = 128
    channels: tuple[int, int, int] = (32, 64, 96)
    blocks: tuple[int, int, int] = (1, 2, 2)


class LabelledNetwork(nn.Module):
    """Images to one logit a label, read from the mean over all places of the last features."""

    def __init__(self, config: LabelledConfig) -> None:
        super().__init__()
        self.config = config
        stages: list[nn.Module] = []
        before = 3 * 4**2
        for channels, blocks in zip(config.channels, config.blocks, strict=True):
            # The first stage reads patches of 4 x 4 pixels; every later one halves height and width.
            stages += [
                nn.Conv2d(before, channels, 3, stride=2 if stages else 1, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
                *(ResidualBlock(channels) for _ in range(blocks)),
            ]
            before = channels
        self.trunk = nn.Sequential(*stages)
        self.head = nn.Linear(before, len(config.labels))

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels [B, 3, H, W] from -1 to 1, H and W multiples of 16, to logits [B, labels]."""
        return self.head(self.vectors(pixels))

    def vectors(self, pixels: Tensor) -> Tensor:
        """What the labels are read from: pixels as in `forward` to [B, C]."""
        return self.trunk(F.pixel_unshuffle(pixels, 4)).mean((2, 3))


def save_labelled(model: LabelledNetwork, path: str | Path) -> None:
    """Write float16 safetensors with the config as JSON in the metadata."""
    state = {n: t.detach().cpu() for n, t in model.state_dict().items() if not n.endswith("num_batches_tracked")}
    half = {n: t.half().contiguous() for n, t in state.items()}
    save_file(half, str(path), metadata={"format": FORMAT, "config": json.dumps(asdict(model.config))})


def load_labelled(path: str | Path) -> LabelledNetwork:
    """Read a network in float32 and evaluation mode; raises CheckpointError where the file does not fit exactly."""
    state, metadata = read_own(path, "supervised")
    try:
        stored: Any = json.loads(metadata["config"])
        config = LabelledConfig(
            labels=tuple(stored["labels"]),
            size=int(stored["size"]),
            channels=tuple(stored["channels"]),
            blocks=tuple(stored["blocks"]),
        )
        model = LabelledNetwork(config)
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path} is not a network written by save_labelled ({error!r}).") from error
    counters = {n: t for n, t in model.state_dict().items() if n.endswith("num_batches_tracked")}
    state = {name: tensor.float() for name, tensor in state.items()} | counters
    check_tensors(shapes(model.state_dict()), shapes(state), str(path), "its own config")
    model.load_state_dict(state)
    return model.eval()


def load_supervised(path: str | Path, *, device: str | torch.device = "cpu") -> SupervisedExtractor:
    """The extractor over a file that `python -m ttsvar train supervised` wrote: one vector an image."""
    model = load_labelled(path).to(device)
    return SupervisedExtractor(model, model.vectors, name="toybox-supervised", size=model.config.size)
