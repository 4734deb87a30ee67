"""Populations over fakes: drawn prompt by prompt, resumed, gathered into one file, and read again."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from sweep_fakes import fake_worker

from ttsvar.errors import FileError
from ttsvar.evaluation.bench.prompts import evaluation_prompts
from ttsvar.evaluation.populations.draw import Drawer, draw_parts, gather, part_path
from ttsvar.evaluation.populations.plane import place
from ttsvar.evaluation.populations.record import Populations, gathered, read, same_distances, write

PROMPTS = evaluation_prompts(1)[:3]
COUNT = 4


@pytest.fixture
def drawer() -> Drawer:
    worker = fake_worker()
    return Drawer(worker.engine, worker.measure, "judges")


@pytest.fixture
def populations(drawer: Drawer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Populations:
    monkeypatch.setitem(sys.modules, "umap", None)  # compiling it takes longer than all of these tests
    draw_parts(drawer, PROMPTS, tmp_path, COUNT, say=lambda text: None)
    return gather(drawer, PROMPTS, tmp_path, COUNT)


def test_every_candidate_is_scored_at_every_scale_and_judged_at_the_end(
    drawer: Drawer, populations: Populations
) -> None:
    scales = len(drawer.engine.schedule)
    assert populations.scores.shape == (3, COUNT, scales)
    assert populations.right.shape == (3, COUNT)
    assert populations.layouts.shape[:3] == (3, scales, COUNT)
    assert populations.fits(drawer.engine.name, drawer.engine.weights, scales)
    assert not populations.fits(drawer.engine.name, "other files", scales)


def test_a_stopped_drawing_goes_on_with_what_is_lacking(drawer: Drawer, tmp_path: Path) -> None:
    draw_parts(drawer, PROMPTS[:2], tmp_path, COUNT, say=lambda text: None)
    told: list[str] = []
    draw_parts(drawer, PROMPTS, tmp_path, COUNT, say=told.append)
    assert told == [f"3 of 3: {PROMPTS[2].prompt}"]
    other = Drawer(drawer.engine, drawer.measure, "other judges")
    assert not part_path(tmp_path, other, PROMPTS[0], COUNT).exists(), "another judge's verdicts are no answer"
    with pytest.raises(FileError, match="draw them first"):
        gather(other, PROMPTS, tmp_path, COUNT)


@pytest.mark.slow
def test_the_file_holds_what_was_drawn(populations: Populations, tmp_path: Path) -> None:
    write(populations, tmp_path / "all.npz")
    again = read(tmp_path / "all.npz")
    assert (again.tags, again.prompts, again.judged_by) == (populations.tags, populations.prompts, "judges")
    np.testing.assert_allclose(again.scores, populations.scores, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(again.right, populations.right)
    assert again.plane is not None
    assert again.plane.method == "PCA", "UMAP is not at hand here, and the file says so"


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_a_damaged_file_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(FileError, match="does not hold populations"):
        read(tmp_path / "bad.npz")


@pytest.mark.slow
def test_a_picture_of_the_map_is_placed_near_its_own_point(populations: Populations) -> None:
    plane = populations.plane
    assert plane is not None
    assert plane.points.min() >= 0
    assert plane.points.max() <= 1
    back = plane.features @ plane.axes.T + plane.mean
    found = place(plane, back)
    assert found.shape == plane.points.shape
    # The nearest neighbour is the picture itself, and weighs most.
    assert np.median(np.linalg.norm(found - plane.points, axis=1)) < 0.2


def test_layout_points_keep_every_distance() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 40)).astype(np.float32)
    points = same_distances(vectors)
    assert points.shape == (6, 5)
    for there, here in zip(vectors, points, strict=True):
        np.testing.assert_allclose(
            np.linalg.norm(points - here, axis=1), np.linalg.norm(vectors - there, axis=1), rtol=1e-4, atol=1e-4
        )


def test_patches_are_gathered_by_place_or_else_as_a_whole() -> None:
    patches = np.arange(64, dtype=np.float32).reshape(1, 64, 1)
    coarse = gathered(patches)
    assert coarse.shape == (1, 16)
    assert coarse[0, 0] == pytest.approx(np.mean([0, 1, 8, 9]))
    np.testing.assert_allclose(gathered(np.ones((2, 5, 3), np.float32)), np.ones((2, 3)))
