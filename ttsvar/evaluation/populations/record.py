"""What is known of the populations, and the one file that ships it: plain arrays, no pickles.

Dimension letters: P prompts, B candidates of each, K scales, F numbers of a layout, M points of the map, D features.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ttsvar.errors import FileError
from ttsvar.outside import DAMAGE
from ttsvar.storage.atomic import write_atomically

FORMAT = 1
HALF = np.float16
"""What is on disk; float32 in memory."""
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Plane:
    """A plane that was fitted once: pictures at all scales as features, and where each lies."""

    mean: Array
    """float32 [G], of the gathered patch features."""
    axes: Array
    """float32 [G, D], their main directions."""
    features: Array
    """float32 [M, D]: (gathered - mean) @ axes."""
    points: Array
    """float32 [M, 2] in the unit square."""
    scales: Array
    """int16 [M], the scale of each picture."""
    method: str
    """UMAP, or PCA where it was not at hand."""

    @property
    def digest(self) -> str:
        """Tells this map from another one, so that places on the other one are not taken for places on this."""
        return hashlib.sha256(self.points.tobytes() + self.axes.tobytes()).hexdigest()[:12]


@dataclass(frozen=True, eq=False, kw_only=True)
class Populations:
    """P prompts with B candidates each, nobody dropped."""

    model: str
    """The name of the model that drew them."""
    weights: str
    """Digest of the model's files, as the engine gives it."""
    judged_by: str
    """Digest of the files of reward, features and detector."""
    tags: tuple[str, ...]
    """The category of each prompt."""
    prompts: tuple[str, ...]
    scores: Array
    """float32 [P, B, K], the reward of each candidate's picture after each scale."""
    right: Array
    """bool [P, B], whether the finished picture satisfies the prompt."""
    layouts: Array
    """float32 [P, K, B, F], points with the distances of the vectors that a clustering compares."""
    plane: Plane | None = None

    @property
    def candidates(self) -> int:
        """Of each prompt."""
        return self.scores.shape[1]

    @property
    def scales(self) -> int:
        """That each candidate was drawn for."""
        return self.scores.shape[2]

    def fits(self, model: str, weights: str, scales: int) -> bool:
        """Whether they were drawn by this very model."""
        return (self.model, self.weights, self.scales) == (model, weights, scales)


def write(populations: Populations, path: Path) -> None:
    """Write everything to one compressed file, numbers as float16."""
    facts = {
        "format": FORMAT,
        "model": populations.model,
        "weights": populations.weights,
        "judged_by": populations.judged_by,
        "tags": populations.tags,
        "prompts": populations.prompts,
    }
    arrays: dict[str, Any] = {
        "scores": populations.scores.astype(HALF),
        "right": populations.right,
        "layouts": populations.layouts.astype(HALF),
    }
    plane = populations.plane
    if plane is not None:
        facts["method"] = plane.method
        arrays |= {
            "mean": plane.mean.astype(HALF), "axes": plane.axes.astype(HALF), "features": plane.features.astype(HALF),
            "points": plane.points.astype(HALF), "map_scales": plane.scales,
        }  # fmt: skip
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))


def read(path: Path) -> Populations:
    """The populations of a file; raises FileError where it is missing, damaged or of another format."""
    try:
        with np.load(path, allow_pickle=False) as file:
            facts: dict[str, Any] = json.loads(bytes(file["facts"]))
            if facts["format"] != FORMAT:
                raise FileError(f"{path} has format {facts['format']}; this version reads {FORMAT}.")
            found = Populations(
                model=facts["model"],
                weights=facts["weights"],
                judged_by=facts["judged_by"],
                tags=tuple(facts["tags"]),
                prompts=tuple(facts["prompts"]),
                scores=file["scores"].astype(np.float32),
                right=file["right"],
                layouts=file["layouts"].astype(np.float32),
                plane=_plane(file, facts),
            )
    except DAMAGE as error:
        raise FileError(f"{path} does not hold populations ({error}); `ttsvar populations` writes them.") from error
    count = len(found.prompts)
    if not len(found.tags) == len(found.scores) == len(found.right) == len(found.layouts) == count > 0:
        raise FileError(f"{path} tells of {count} prompts, and its arrays of others; write it again.")
    return found


def _plane(file: Any, facts: dict[str, Any]) -> Plane | None:
    if "points" not in file:
        return None
    mean, axes, features, points = (file[name].astype(np.float32) for name in ("mean", "axes", "features", "points"))
    return Plane(
        mean=mean, axes=axes, features=features, points=points, scales=file["map_scales"], method=facts["method"]
    )


def gathered(features: Array, side: int = 4) -> Array:
    """Patch features [B, L, C] as means over a coarse grid of side x side cells, float32 [B, side * side * C].

    Where the patches do not fill such a grid they are averaged as a whole: [B, C].
    """
    count, patches, channels = features.shape
    edge = int(np.sqrt(patches))
    if edge * edge != patches or edge % side:
        return features.mean(1, dtype=np.float32)
    step = edge // side
    cells = features.reshape(count, side, step, side, step, channels).mean((2, 4), dtype=np.float32)
    return cells.reshape(count, -1)


def same_distances(vectors: Array) -> Array:
    """Points [B, B - 1] that lie as far from each other as the vectors [B, F] do."""
    centred = np.asarray(vectors, np.float64) - np.mean(vectors, axis=0, dtype=np.float64)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    points = (left * sizes)[:, : len(vectors) - 1]
    return np.pad(points, ((0, 0), (0, len(vectors) - 1 - points.shape[1]))).astype(np.float32)


def joined(parts: Sequence[Array]) -> Array:
    """Arrays of single prompts as one."""
    return np.stack(parts)
