"""Comparisons are kept with their run: saved, carried by its ZIP, read from where they lay before, never believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engine_fakes import page_engine
from ui_helpers import PROMPT, go_to

from ttsvar.config import SearchConfig
from ttsvar.engine.history import History
from ttsvar.errors import ConfigError
from ttsvar.evaluation.rules.shortfall import Shortfall, ShortfallKind
from ui.files.archive import check_history, pack, unpack
from ui.panels.duel import model
from ui.session import annotations, branches
from ui.session.annotations import FILE, Duel, read_duels, to_json
from ui.session.session import Session
from ui.session.store import SessionStore

MINE = [1, 1, 1, 0, 0, 0, 0, 0]
LACKING = Shortfall(kind=ShortfallKind.TOO_FEW, thing="ball", asked=3, found=2)


class No:
    """Finds every picture wrong."""

    def verdict(self, prompt: str, image: Any) -> Any:
        return SimpleNamespace(correct=False, reasons=(LACKING,), atoms=())


def fight(session: Session) -> Duel:
    session.evaluator = No()
    at_two = go_to(session, 2)
    *_, ends = model.race(session, model.part(session, at_two, MINE), session.take_turn())
    duel = model.settle(session, at_two, ends)
    session.save()
    return duel


@pytest.fixture
def fought(session: Session) -> Duel:
    return fight(session)


@pytest.fixture(scope="module")
def compared() -> tuple[History, Duel]:
    """A run with one comparison, for tests that change neither."""
    session = SessionStore(page_engine()).create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    duel = fight(session)
    return session.history, duel


def test_a_saved_session_brings_its_comparisons_and_names(session: Session, fought: Duel, tmp_path: Path) -> None:
    branches.rename(session, branches.lines(session.history)[1].start, "The other way")
    store = SessionStore(page_engine(), tmp_path / "elsewhere")
    fill, origin = unpack(pack(session))
    again = store.adopt(fill, origin, check=check_history)
    assert model.duels(again) == [fought]
    assert [line.name for line in branches.lines(again.history)] == ["Branch 1", "The other way"]
    reopened = SessionStore(page_engine(), store.root).get(again.id)
    assert reopened is not None
    assert model.duels(reopened) == [fought]


def test_a_server_that_keeps_nothing_shows_the_comparisons_of_a_session(session: Session, fought: Duel) -> None:
    fill, origin = unpack(pack(session))
    again = SessionStore(page_engine(), None).adopt(fill, origin, check=check_history)
    assert model.duels(again) == [fought]


def test_comparisons_outlive_what_is_shown(session: Session, fought: Duel, store: SessionStore) -> None:
    assert session.folder is not None
    for path in (session.folder / "shown").iterdir():
        path.unlink()
    again = SessionStore(page_engine(), store.root).get(session.id)
    assert again is not None
    assert model.duels(again) == [fought]


def former(session: Session, duel: Duel) -> None:
    """Put a run's comparisons where they lay, and write their reasons, as before they were kept with it."""
    assert session.folder is not None
    (row,) = json.loads((session.folder / FILE).read_text())["duels"]
    for side in (row["mine"], row["algorithm"]):
        side["reasons"] = ["expected ball >= 3, found 2"]
    (session.folder / FILE).unlink()
    (session.folder / "shown" / f"{session.history.root.state.id}-duels.json").write_text(json.dumps([row]))
    (session.folder / "shown" / f"{duel.mine.end}-verdict.json").write_text('[false, ["expected ball >= 3, found 2"]]')


def test_an_older_run_shows_the_comparisons_that_lay_among_what_is_shown(
    session: Session, fought: Duel, store: SessionStore, tmp_path: Path
) -> None:
    former(session, fought)
    again = SessionStore(page_engine(), store.root, evaluator=No()).get(session.id)
    assert again is not None
    assert model.duels(again) == [fought]
    fill, origin = unpack(pack(again))
    elsewhere = SessionStore(page_engine(), tmp_path / "elsewhere", evaluator=No())
    assert model.duels(elsewhere.adopt(fill, origin)) == [fought]


def changed(change: Callable[[dict[str, Any]], Any], duel: Duel) -> bytes:
    values = json.loads(to_json([duel]))
    change(values["duels"][0])
    return json.dumps(values).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda duel: duel.update(at="0123456789abcdef"),
        lambda duel: duel.update(scale=3),
        lambda duel: duel.update(decision="<script>"),
        lambda duel: duel.update(agreement="much"),
        lambda duel: duel.update(more=1),
        lambda duel: duel.pop("mine"),
        lambda duel: duel["mine"].update(end=duel["at"]),
        lambda duel: duel["mine"].update(reward=float("nan")),
        lambda duel: duel["mine"].update(reward=10**400),
        lambda duel: duel["mine"].update(winner=["c0"]),
        lambda duel: duel["mine"].update(kept=[1, 2]),
        lambda duel: duel["mine"].update(kept=["c0"] * 513),
        lambda duel: duel["mine"].update(kept=[]),
        lambda duel: duel["mine"].update(kept=["<script>"]),
        lambda duel: duel["mine"].update(winner="<script>"),
        lambda duel: duel["mine"].update(reasons=[{"kind": "too-few", "thing": "x" * 41, "asked": 1, "found": 0}]),
        lambda duel: duel["mine"].update(satisfied="yes"),
        lambda duel: duel["mine"].update(reasons=[{"kind": "lovely"}]),
    ],
)
def test_doctored_comparisons_count_as_absent(
    compared: tuple[History, Duel], tmp_path: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    history, duel = compared
    (tmp_path / FILE).write_bytes(to_json([duel]))
    assert read_duels(history, tmp_path) == [duel]
    (tmp_path / FILE).write_bytes(changed(change, duel))
    assert read_duels(history, tmp_path) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"format": 2, "duels": []}', b"\xff\xfe"])
def test_damaged_files_count_as_absent(compared: tuple[History, Duel], tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    assert read_duels(compared[0], tmp_path) == []


def test_more_than_anybody_compares_is_refused(fought: Duel, monkeypatch: pytest.MonkeyPatch) -> None:
    assert annotations.from_json(to_json([fought] * 500)) == [fought] * 500
    with pytest.raises(ConfigError, match="501 comparisons"):
        annotations.from_json(to_json([fought] * 501))
    monkeypatch.setattr(annotations, "MOST_BYTES", 100)
    with pytest.raises(ConfigError, match="bytes"):
        annotations.from_json(to_json([fought]))


def test_a_comparison_again_replaces_the_one_before(session: Session, fought: Duel) -> None:
    session.annotate(fought)
    assert session.annotations.duels == (fought,)
