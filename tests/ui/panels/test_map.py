"""The map of a run: it never changes under the candidates, shows where the dropped ones left, and says what it is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from population_fakes import populations_for
from ui_helpers import go_to

from ttsvar.config import SearchConfig
from ttsvar.evaluation.populations.plane import place
from ttsvar.evaluation.populations.record import Plane, gathered
from ui.panels.clusters.geometry import hull, pca_points, spread, to_unit
from ui.panels.clusters.model import Travels, travels
from ui.panels.clusters.view import clusters_of
from ui.scene import record
from ui.scene.scene import Shown
from ui.session.session import Session
from ui.session.shown import PLACED
from ui.session.store import SessionStore

CELLS = 16 * 12
"""Numbers of the drawn double's features over the coarse grid."""


def some_plane(seed: int) -> Plane:
    rng = np.random.default_rng(seed)
    return Plane(
        mean=np.zeros(CELLS), axes=np.linalg.qr(rng.normal(size=(CELLS, 4)))[0], features=rng.normal(size=(60, 4)),
        points=rng.random((60, 2)), scales=np.repeat(np.arange(12), 5), method="UMAP",
    )  # fmt: skip


@pytest.fixture
def plane(session: Session, monkeypatch: pytest.MonkeyPatch) -> Plane:
    found = some_plane(3)
    ship(session, found, monkeypatch)
    return found


def ship(session: Session, plane: Plane, monkeypatch: pytest.MonkeyPatch) -> None:
    populations = replace(populations_for(session.engine), plane=plane)
    monkeypatch.setattr(record, "shipped", lambda _="": populations)


def watched(session: Session, scale: int) -> Shown:
    """A run at a scale, every scale on the way shown as a visitor sees it."""
    scene = Shown(session, session.current)
    for k in range(session.history.current.state.scale, scale + 1):
        scene = Shown(session, go_to(session, k))
        travels(scene)
    return scene


def points_of(found: Travels) -> list[np.ndarray]:
    return [stop.points for stop in found.stops]


def test_candidates_are_placed_on_the_shipped_map_and_stay_there(session: Session, plane: Plane) -> None:
    scene = watched(session, 2)
    before = travels(scene)
    assert [len(points) for points in points_of(before)] == [8, 8, 8]
    features = session.look(scene.at).features
    np.testing.assert_allclose(before.last.points, place(plane, gathered(np.asarray(features))), atol=1e-4)
    later = travels(watched(session, 6))
    for early, late in zip(points_of(before), points_of(later), strict=False):
        np.testing.assert_array_equal(early, late)


@pytest.mark.usefixtures("plane")
def test_the_map_shows_the_ways_the_clusters_and_where_the_dropped_left(session: Session) -> None:
    html = clusters_of(watched(session, 2))
    assert html.count('class="region"') == 2, "six clusters of eight, of which two hold a pair"
    assert html.count('class="who out"') == 2
    html = clusters_of(watched(session, 6))
    assert 'data-testid="map"' in html
    assert len(re.findall(r'class="who[ "]', html)) == 4
    assert html.count('class="left"') == 4, "two were dropped after scale 2 and two after scale 5"
    assert html.count('class="way"') == 8 + 8 + 6 * 3 + 4
    assert "fitted to them once (UMAP)" in html
    assert html.count("<tr>") == 1 + 4, "every two of four are compared"


@pytest.mark.usefixtures("plane")
def test_no_earlier_scale_is_looked_at_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    watched(session, 1)
    scene = watched(session, 4)
    # A scale whose places were lost with its pictures is left out.
    lost = scene.columns[2].target
    session._shown.drop(lost, PLACED)
    session.rest()
    looked: list[str] = []
    look = session.look

    def looking(state_id: str, **settings: Any) -> Any:
        looked.extend([state_id] if settings.get("pictures", True) else [])
        return look(state_id, **settings)

    monkeypatch.setattr(session, "look", looking)
    found = travels(Shown(session, scene.at))
    assert [stop.column.scale for stop in found.stops] == [0, 1, 3, 4]
    assert set(looked) <= {scene.at}


@pytest.mark.usefixtures("plane")
def test_places_on_another_map_are_not_taken_for_places_on_this_one(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = watched(session, 0)
    before = travels(scene).last.points
    ship(session, some_plane(4), monkeypatch)
    assert not np.allclose(travels(scene).last.points, before)


def test_without_a_shipped_map_it_says_that_the_run_lays_itself_out(session: Session) -> None:
    html = clusters_of(watched(session, 2))
    assert "No map of this model" in html
    assert "(PCA)" in html
    assert 'class="dots"' not in html
    assert html.count('class="way"') == 16


def test_an_eye_for_whole_pictures_and_other_files_have_no_map(
    session: Session, store: SessionStore, plane: Plane, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert record.plane_of(session) is plane
    whole = store.create(session.run.prompt, SearchConfig(extractor="inception"), 0)
    assert record.plane_of(whole) is None
    session.origin = {"weights": "others"}
    assert record.plane_of(session) is None
    session.origin = whole.origin
    ship(session, replace(plane, method="PCA"), monkeypatch)
    assert "PCA, as UMAP could not be used" in clusters_of(watched(session, 0))


@pytest.mark.usefixtures("plane")
def test_many_are_small_and_nameless_and_not_compared(store: SessionStore) -> None:
    session = store.create("a photo of three blue balls", SearchConfig(n=4), 0)
    session.open(session.current)
    html = clusters_of(Shown(session, session.current))
    assert html.count("<image") == 32
    assert "<text" not in html
    assert "<table" not in html


def test_the_hull_is_the_corners_alone() -> None:
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5], [0.5, 0]], float)
    assert sorted(map(tuple, hull(square))) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert len(hull(square[:1])) == 1
    assert len(hull(square[:2])) == 2


def test_thumbnails_do_not_cover_each_other_and_stay_on_the_map() -> None:
    for at in (0.5, 0.0):
        crowd = spread(np.full((8, 2), at), 0.14, 0.07, 0.93)
        apart = np.abs(crowd[:, None] - crowd[None]).max(-1) + np.eye(8)
        assert apart.min() > 0.12
        assert crowd.min() >= 0.07
        assert crowd.max() <= 0.93


@pytest.mark.parametrize("count", [1, 2, 8])
def test_few_or_equal_vectors_lie_in_the_unit_square(count: int) -> None:
    points = to_unit(pca_points(np.random.default_rng(0).normal(size=(count, 7))))
    assert points.shape == (count, 2)
    assert points.min() >= 0
    assert points.max() <= 1
    np.testing.assert_array_equal(to_unit(pca_points(np.ones((count, 5)))), 0.5)
