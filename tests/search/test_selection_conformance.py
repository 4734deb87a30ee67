"""The reference cases of clustering, PCA and potentials."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from golden_cases import CASES

from ttsvar.search.conformance import selection_conformance

GOLDEN = CASES / "selection"


def _json(name: str) -> list[dict]:
    return json.loads((GOLDEN / name).read_text())


def test_every_case_agrees():
    got = selection_conformance(GOLDEN)
    expected = np.load(GOLDEN / "expected_pca_abs.npz")
    for case, ours in zip(_json("cluster_cases.json"), got["clusters"], strict=True):
        assert ours["pool_selected"] == case["pool_selected"]
        assert ours["pool_labels"] == case["pool_labels"]
        reference = expected[f"pca_abs_{case['seed']}"]
        assert np.abs(np.abs(ours["pca"]) - reference).max() <= 2e-3 * reference.std()
    for case, ours in zip(_json("potential_cases.json"), got["potentials"], strict=True):
        for kind, probabilities in case["probabilities"].items():
            assert ours[kind] == pytest.approx(probabilities, rel=1e-9, abs=1e-15)


def test_answers_are_not_read(tmp_path: Path):
    shutil.copy(GOLDEN / "inputs.npz", tmp_path)
    clusters = [{k: case[k] for k in ("seed", "b", "k")} for case in _json("cluster_cases.json")]
    potentials = [{k: case[k] for k in ("lam", "history", "current")} for case in _json("potential_cases.json")]
    (tmp_path / "cluster_cases.json").write_text(json.dumps(clusters))
    (tmp_path / "potential_cases.json").write_text(json.dumps(potentials))
    assert selection_conformance(tmp_path) == selection_conformance(GOLDEN)
    json.dumps(selection_conformance(tmp_path))


def test_one_kind_of_case_is_enough(tmp_path: Path):
    (tmp_path / "potential_cases.json").write_text(json.dumps([{"lam": 2.0, "history": [], "current": [0.0, 1.0]}]))
    got = selection_conformance(tmp_path)
    assert got["clusters"] == []
    assert got["potentials"][0]["sum"] == pytest.approx([0.1192029, 0.8807971])
