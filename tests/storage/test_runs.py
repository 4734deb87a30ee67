"""Saving and reopening: the same tree, the same bits, the same numbers, and nothing drawn again."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from engine_fakes import FakeBackend, backend_of
from history_steps import advance, session
from memory_use import peak_bytes

from ttsvar.engine.history import History, Node
from ttsvar.engine.loop import Engine
from ttsvar.errors import StateError, TTSVarError
from ttsvar.storage import atomic, runs
from ttsvar.storage.runs import load_history, save_history
from ttsvar.types import Candidates, SearchState


def branched() -> tuple[Engine, History]:
    engine, history = session()
    for _ in range(8):
        advance(engine, history)
    history.name("trunk")
    history.go(history.path()[3].state.id)
    node = history.current
    assert node.result is not None
    history.add_seen(node.result.grown.id, engine.observe(node.result.grown)[0])
    advance(engine, history, (0, 1, 1))
    history.add_result(engine.step(history.current.state))
    return engine, history


def same_state(a: SearchState, b: SearchState) -> None:
    assert (a.id, a.parent_id, a.scale, a.candidate_ids, a.choices, a.run) == (
        b.id, b.parent_id, b.scale, b.candidate_ids, b.choices, b.run,
    )  # fmt: skip
    assert all(torch.equal(x, y) and x.dtype == y.dtype for x, y in zip(a.bits, b.bits, strict=True))
    assert torch.equal(a.score_history.nan_to_num(9e9), b.score_history.nan_to_num(9e9))


def same_seen(a: Candidates | None, b: Candidates | None, vectors: bool) -> None:
    assert (a is None) == (b is None)
    for name in ("scores", "labels", "probabilities", *(("clustering_input",) if vectors else ())):
        x, y = getattr(a, name, None), getattr(b, name, None)
        assert (x is None) == (y is None), name
        if x is not None and y is not None:
            assert torch.equal(x, y), name
            assert x.dtype == y.dtype


def same_node(a: Node, b: Node) -> None:
    same_state(a.state, b.state)
    assert a.selection == b.selection
    assert (a.result is None) == (b.result is None)
    same_seen(a.seen, b.seen, vectors=False)
    if a.result and b.result:
        same_state(a.result.grown, b.result.grown)
        same_seen(a.result.candidates, b.result.candidates, vectors=True)
        assert (a.result.proposal, a.result.cost, a.result.decision, a.result.keep) == (
            b.result.proposal, b.result.cost, b.result.decision, b.result.keep,
        )  # fmt: skip


def test_a_reopened_session_is_the_same(tmp_path: Path):
    _, history = branched()
    save_history(history, tmp_path / "s")
    again = load_history(tmp_path / "s")
    assert len(again) == len(history)
    assert again.names == history.names
    assert again.current.state.id == history.current.state.id
    for a, b in zip(history, again, strict=True):
        same_node(a, b)


def test_it_goes_on_from_the_bits_and_draws_nothing_again(tmp_path: Path):
    engine, history = branched()
    save_history(history, tmp_path)
    again = load_history(tmp_path)
    backend = backend_of(engine)
    assert isinstance(backend, FakeBackend)
    grown, restored = len(backend.grown), backend.restored
    history.go("trunk")
    again.go("trunk")
    while not history.current.state.done:
        same_node(advance(engine, history), advance(engine, again))
    assert backend.restored == restored + 1, "rebuilt once, where the saved run ended"
    assert len(backend.grown) > grown


def test_recorded_bits_decide_even_where_another_machine_would_draw_others(tmp_path: Path):
    _, history = session()
    engine = Engine(FakeBackend(), {}, {})
    result = engine.step(history.current.state)
    flipped = replace(result.grown, bits=(1 - result.grown.bits[0],))
    result = replace(result, grown=flipped)
    history.add_result(result)
    save_history(history, tmp_path)
    again = load_history(tmp_path).root.result
    assert again is not None
    assert torch.equal(again.grown.bits[0], result.grown.bits[0])


def test_steps_are_written_once_and_only_the_index_changes(tmp_path: Path):
    engine, history = session()
    for _ in range(3):
        advance(engine, history)
        save_history(history, tmp_path)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "steps").iterdir()}
    advance(engine, history)
    save_history(history, tmp_path)
    after = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "steps").iterdir()}
    assert {n: after[n] for n in before} == before
    assert len(after) == 4
    assert not list(tmp_path.rglob(".*")), "nothing temporary is left"


def test_bits_are_packed(tmp_path: Path):
    engine, history = session()
    for _ in range(13):
        advance(engine, history)
    save_history(history, tmp_path)
    stored = {p.stem: np.load(p)["bits"].nbytes for p in (tmp_path / "steps").iterdir()}
    for node in history:
        if node.result:
            assert stored[node.result.grown.id] == -(-node.result.grown.bits[-1].numel() // 8)


@pytest.mark.parametrize("victim", ["run.json", "npz"])
def test_a_crash_while_writing_leaves_the_session_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victim: str
):
    engine, history = session()
    advance(engine, history)
    save_history(history, tmp_path)
    advance(engine, history)
    true = os.replace

    def failing(source: str, target: Path) -> None:
        if str(target).endswith(victim):
            raise OSError("the machine went down")
        true(source, target)

    monkeypatch.setattr(atomic.os, "replace", failing)
    with pytest.raises(OSError, match="went down"):
        save_history(history, tmp_path)
    monkeypatch.undo()
    assert len(load_history(tmp_path)) == 2
    save_history(history, tmp_path)
    assert len(load_history(tmp_path)) == 3


def _change(folder: Path, **changes: object) -> None:
    path = folder / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_broken_sessions_are_explained(tmp_path: Path):
    _, history = branched()
    save_history(history, tmp_path)
    text = (tmp_path / "run.json").read_text()
    with pytest.raises(StateError, match="no saved session"):
        load_history(tmp_path / "elsewhere")
    _change(tmp_path, format=99)
    with pytest.raises(StateError, match=r"format 99; this version reads format 1"):
        load_history(tmp_path)
    (tmp_path / "run.json").write_text(text[:-20])
    with pytest.raises(StateError, match=r"run\.json is no JSON"):
        load_history(tmp_path)
    (tmp_path / "run.json").write_text("[]")
    with pytest.raises(StateError, match="format None"):
        load_history(tmp_path)
    (tmp_path / "run.json").write_text(text)
    _change(tmp_path, current="nobody")
    with pytest.raises(StateError, match="nobody"):
        load_history(tmp_path)
    (tmp_path / "run.json").write_text(text.replace('"seed": 1', '"seed": 2'))
    with pytest.raises(StateError, match="recipe and choices"):
        load_history(tmp_path)
    (tmp_path / "run.json").write_text(text)
    _change(tmp_path, nodes=[])
    with pytest.raises(StateError, match="damaged"):
        load_history(tmp_path)


def changed(values: dict, *way: str | int, to: object) -> dict:
    """A copy of a session's index with another value at a place."""
    copied = json.loads(json.dumps(values))
    place = copied
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = to
    return copied


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "to"),
    [
        (("run", "batch"), [10**9] * 13),
        (("run", "batch", 0), float("inf")),
        (("run", "prompt"), "half a pair: \ud800"),
        (("nodes", 1, "selection", "parents"), [0] * 10**6),
        (("nodes", 1, "selection", "parents", 0), float("nan")),
        (("nodes", 1, "selection", "reason"), 3),
        (("nodes", 0, "step", "keep"), float("inf")),
        (("nodes", 0, "step", "cost"), {"decode": "much"}),
        (("nodes", 0, "step", "cost"), {"decode": {"seconds": float("nan"), "flops": 0, "peak_bytes": 0, "items": 0}}),
        (("nodes", 0, "step", "candidates"), []),
        (("nodes", 0, "step", "candidates", "scores"), [[1.0]]),
        (("names",), {"half \ud800": "x"}),
        (("nodes",), [{}] * 30_000),
    ],
)
def test_what_no_search_writes_is_refused_before_it_is_built(tmp_path: Path, way: tuple, to: object):
    _, history = branched()
    save_history(history, tmp_path)
    index = tmp_path / "run.json"
    index.write_text(json.dumps(changed(json.loads(index.read_text()), *way, to=to)))

    def read() -> None:
        with pytest.raises(TTSVarError):
            load_history(tmp_path)

    assert peak_bytes(read) < 32 * 1024**2


def test_a_state_that_comes_again_and_again_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _, history = branched()
    save_history(history, tmp_path)
    path = tmp_path / "run.json"
    index = json.loads(path.read_text())
    path.write_text(json.dumps({**index, "nodes": [*index["nodes"], *[index["nodes"][1]] * 700]}))
    read: list[Path] = []
    monkeypatch.setattr(runs, "_read_arrays", lambda path: read.append(path))
    with pytest.raises(StateError, match="twice; take another copy"):
        load_history(tmp_path)
    assert read == []


@pytest.mark.parametrize("seed", range(40))
def test_damage_raises_only_errors_of_ours_and_names_no_folder(tmp_path: Path, seed: int):
    _, history = branched()
    save_history(history, tmp_path)
    rng = random.Random(seed)
    files = sorted(path for path in tmp_path.rglob("*.*") if path.is_file())
    path = rng.choice([tmp_path / "run.json", *files])
    content = bytearray(path.read_bytes())
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(content))
        content[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
    path.write_bytes(content[: rng.choice([len(content), rng.randrange(len(content))])])
    said = ""
    try:
        load_history(tmp_path)
    except TTSVarError as error:
        said = str(error)
    assert str(tmp_path) not in said


def test_a_missing_or_wrong_file_of_bits_is_named(tmp_path: Path):
    _, history = branched()
    save_history(history, tmp_path)
    assert history.root.result is not None
    path = tmp_path / "steps" / f"{history.root.result.grown.id}.npz"
    content = path.read_bytes()
    path.write_bytes(content[:40])
    with pytest.raises(StateError, match=path.name):
        load_history(tmp_path)
    np.savez(path.open("wb"), bits=np.zeros(1, np.uint8), shape=np.array([2, 1, 1, 4]))
    with pytest.raises(StateError, match="2 candidates; the session says 16"):
        load_history(tmp_path)
    path.unlink()
    with pytest.raises(StateError, match="cannot be read"):
        load_history(tmp_path)
