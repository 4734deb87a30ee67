"""Files of a run that no search writes, one by one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from history_steps import advance, session

from ttsvar.engine.history import History
from ttsvar.errors import StateError
from ttsvar.storage.runs import load_history, save_history
from ttsvar.types import Component, ComponentCost, StepCost


def saved(folder: Path) -> History:
    """A session of two scales in a folder."""
    engine, history = session()
    for _ in range(2):
        advance(engine, history)
    save_history(history, folder)
    return history


def test_a_step_under_another_id_is_refused(tmp_path: Path):
    saved(tmp_path)
    values = json.loads((tmp_path / "run.json").read_text())
    own = values["nodes"][0]["step"]["id"]
    (tmp_path / "steps" / f"{own}.npz").rename(tmp_path / "steps" / "0123456789abcdef.npz")
    text = (tmp_path / "run.json").read_text()
    (tmp_path / "run.json").write_text(text.replace(f'"{own}"', '"0123456789abcdef"'))
    with pytest.raises(StateError, match="recipe and choices"):
        load_history(tmp_path)


def test_bits_of_no_token_are_refused(tmp_path: Path):
    history = saved(tmp_path)
    path = tmp_path / "steps" / f"{history.root.stepped.grown.id}.npz"
    count = len(history.root.state)
    np.savez(path, bits=np.zeros(0, dtype=np.uint8), shape=np.array([count, 0, 1, 4]))
    with pytest.raises(StateError, match="no bits of shape"):
        load_history(tmp_path)


def test_a_part_that_took_no_memory_and_looked_at_nobody_is_read(tmp_path: Path):
    engine, history = session()
    result = engine.step(history.root.state)
    nothing = StepCost({Component.DECODE: ComponentCost(seconds=0.5, flops=2.0, peak_bytes=0, items=0)})
    history.add_result(replace(result, cost=nothing))
    save_history(history, tmp_path)
    assert load_history(tmp_path).root.stepped.cost == nothing


def test_an_index_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _, history = session()
    save_history(history, tmp_path)

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StateError, match=r"run\.json cannot be read \(Permission denied\); check the disk"):
        load_history(tmp_path)
