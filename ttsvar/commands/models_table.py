"""What `python -m ttsvar models` prints: every model, judge and extractor, its files, and whether it can run here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch

from ttsvar.evaluation.rules.sources import SOURCES
from ttsvar.extractor import EXTRACTORS
from ttsvar.families.registry import FILES, MODELS, SUPERVISED, ModelPreset
from ttsvar.features.registry import NETWORKS
from ttsvar.judges import JUDGES
from ttsvar.weights.download import WeightFile, find, readable
from ttsvar.weights.room import free_bytes, pick_device, pick_dtype


def models_table(weights: Path | None = None) -> str:
    """Every named model, judge and extractor with its files, their sizes and licences, and whether they are here.

    A size that only the hub knows is shown once the file is here, or announced before it is downloaded.
    """
    device = pick_device()
    free = free_bytes(device)
    room = "unknown" if free is None else readable(free)
    lines = [f"Device: {device}, {room} free.", "", "Models (--model)"]
    for name, preset in MODELS.items():
        lines += [
            f"  {name}: {preset.summary}; {preset.licence}; {_fit(preset, free, device)}",
            *_files(preset, weights),
        ]
    for title, parts in (("Judges (--reward)", JUDGES), ("Networks of features (--eye)", NETWORKS)):
        lines += ["", title]
        for name, part in parts.items():
            lines += [f"  {name}: {part.summary}", *map(_row, part.files, [find(f, weights) for f in part.files])]
    lines += ["", "What candidates are clustered on (--extractor)"]
    lines += [f"  {name}: {row.reading}" for name, row in EXTRACTORS.items()]
    lines += ["", "Measures (--measure FOLDER, see docs/evaluation.md)"]
    lines += [f"  FOLDER/{place}: the files of {source}" for place, source in SOURCES.items()]
    return "\n".join(lines)


def _files(preset: ModelPreset, weights: Path | None) -> Iterable[str]:
    if preset.folder is None:
        return [_row(file, find(file, weights)) for file in preset.files]
    paths = [preset.folder / file for file in (*FILES, SUPERVISED, "detector.safetensors")]
    return [f"    {path.name:<52} {_size(path if path.is_file() else None)}" for path in paths]


def _row(file: WeightFile, path: Path | None) -> str:
    return f"    {file.repo + '/' + file.path:<84} {_size(path, file.size):<12} {file.licence}"


def _size(path: Path | None, size: int | None = None) -> str:
    if path is None:
        return "absent" if size is None else f"absent ({readable(size)})"
    return readable(path.stat().st_size)


def _fit(preset: ModelPreset, free: int | None, device: torch.device) -> str:
    """Whether the weights fit into what is free, in the format that the device computes with."""
    dtype = pick_dtype(None, device)
    needed = sum(preset.weight_bytes(device, dtype).get(device, {}).values())
    if not needed or free is None:
        return "fits" if not needed else f"needs {readable(needed)}"
    return f"needs {readable(needed)}, {'fits' if needed <= free else 'does not fit'} here"
