"""What the search computes for a folder of reference cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ttsvar.arrays import floats, rows, tensor_of, whole_numbers
from ttsvar.choices import POTENTIALS
from ttsvar.errors import CheckpointError
from ttsvar.features.extractors.pca import pca
from ttsvar.features.extractors.pool import pool
from ttsvar.search.clustering import cluster
from ttsvar.search.potentials import potential, probabilities


def selection_conformance(folder: str | Path) -> dict[str, list[dict[str, Any]]]:
    """Clusters and potentials of every case in the folder, in its order; an absent kind of case gives an empty list.

    Reads the inputs of a case only: `feat_SEED` [b, L, C] and k; lambda, history [b, K] and current [b].
    """
    folder = Path(folder)
    return {
        "clusters": [_clusters(case, folder) for case in _cases(folder / "cluster_cases.json")],
        "potentials": [_potentials(case) for case in _cases(folder / "potential_cases.json")],
    }


def _clusters(case: dict[str, Any], folder: Path) -> dict[str, Any]:
    with np.load(folder / "inputs.npz", allow_pickle=False) as inputs:
        name = f"feat_{case['seed']}"
        if name not in inputs:
            raise CheckpointError(f"{folder / 'inputs.npz'} lacks {name}, which cluster_cases.json asks for.")
        features = tensor_of(inputs[name]).float()
    labels, selected = cluster(pool(features), case["k"])
    return {
        "pool_selected": whole_numbers(selected),
        "pool_labels": whole_numbers(labels),
        "pca": rows(pca(features)),
    }


def _potentials(case: dict[str, Any]) -> dict[str, list[float]]:
    current = _floats(case["current"])
    past = _floats(case["history"]).reshape(len(current), -1)
    return {kind: floats(probabilities(potential(kind, past, current), case["lam"])) for kind in POTENTIALS}


def _floats(values: list[Any]) -> torch.Tensor:
    """float64, with null as NaN: not scored."""
    return tensor_of(np.array(values, dtype=np.float64))


def _cases(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text()) if path.is_file() else []
