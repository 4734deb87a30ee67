"""A session on disk: one JSON file for the tree and its numbers, and one file of packed bits per step.

    run.json           format, recipe, nodes with their choices, reasons, scores and costs; replaced as a whole
    steps/ID.npz       bits of the scale that a step grew (packed, 8 to a byte), the vectors k-means saw; written once

Every file is written beside its place, flushed and renamed, and `run.json` comes last: a crash leaves the session as it
was before the save. Reopening reads the bits and draws nothing.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from ttsvar.arrays import floats, tensor_of
from ttsvar.choices import Decision
from ttsvar.engine.back import require_fit
from ttsvar.engine.history import MAX_CACHES, History, Node
from ttsvar.engine.moves import turned_from
from ttsvar.engine.recipe import (
    MOST_CANDIDATES,
    choice_from_json,
    run_from_json,
    run_to_json,
    turn_from_json,
    turn_to_json,
)
from ttsvar.engine.states import chosen_state, first_state, grown_state, turned_state
from ttsvar.errors import FileError, StateError
from ttsvar.outside import DAMAGE, read_json
from ttsvar.storage.atomic import write_atomically
from ttsvar.turns import Turn
from ttsvar.types import Candidates, Component, ComponentCost, SearchState, Selection, Source, StepCost, StepResult
from ttsvar.values import number, whole_number

FORMAT, TURNS_FORMAT = 1, 2
"""The second where somebody went back; without that a run is written as before."""
INDEX = "run.json"
MOST_INDEX, MOST_STATES = 64 * 1024**2, 20_000
"""Of a session on our own disk, the bytes of its index and its states."""
Numbers = list[float | str]
"""What is no finite number is written by its name."""


def save_history(history: History, folder: str | Path) -> None:
    """Write a session to a folder, which is made if need be; steps that are there already are not written again."""
    folder = Path(folder)
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    for node in history:
        if node.result is not None:
            _save_step(node.result, folder)
    index = {
        "format": TURNS_FORMAT if any(node.state.path for node in history) else FORMAT,
        "run": run_to_json(history.run),
        "current": history.current.state.id,
        "names": history.names,
        "nodes": [_node_to_json(node) for node in history],
    }
    text = json.dumps(index, allow_nan=False)
    write_atomically(folder / INDEX, lambda file: file.write(text.encode()))


def load_history(folder: str | Path, *, max_caches: int = MAX_CACHES) -> History:
    """Reopen a session: the same tree, bits and numbers; caches and pictures come back when something needs them.

    Raises StateError where the folder holds no session, one of another format, or one whose parts do not fit together.
    """
    folder = Path(folder)
    index = _read_index(folder / INDEX, MOST_INDEX)
    try:
        run = run_from_json(index["run"])
        if len(index["nodes"]) > MOST_STATES:
            raise StateError(f"{INDEX} has {len(index['nodes'])} states; at most {MOST_STATES} are read.")
        _check_distinct([values["id"] for values in index["nodes"]])
        first, *rest = index["nodes"]
        history = History(first_state(run), max_caches=max_caches)
        _check_id(history.root.state, first["id"])
        _restore_step(history, first, folder)
        for values in rest:
            _restore_node(history, values, folder)
        for name, state in index["names"].items():
            history.name(_shown(name), state)
        history.go(index["current"])
    except DAMAGE as error:
        raise StateError(f"{INDEX} is damaged ({error!r:.300}); take another copy of the session.") from error
    return history


def _check_distinct(ids: list[Any]) -> None:
    """Each state is written once; one that comes again and again would have its bits read every time."""
    seen: set[Any] = set()
    for state in ids:
        if state in seen:
            raise StateError(f"{INDEX} has state {state!r:.40} twice; take another copy of the session.")
        seen.add(state)


def _restore_node(history: History, values: dict[str, Any], folder: Path) -> None:
    if "turn" in values:
        _restore_turn(history, values, folder)
        return
    result = history.node(values["parent"]).result
    if result is None:
        raise StateError(f"{INDEX} has state {values['id']!r:.40} without the step it was chosen from.")
    selection = _selection(values["selection"])
    state = chosen_state(result.grown, tuple(sorted(selection.parents)))
    _check_id(state, values["id"])
    history.add_state(state, selection)
    _restore_step(history, values, folder)


def _restore_turn(history: History, values: dict[str, Any], folder: Path) -> None:
    node, turn = history.node(values["from"]), turn_from_json(values["turn"])
    origin = node.state if node.state.id == values["from"] or node.result is None else node.result.grown
    require_fit(origin, turn)
    state = turned_state(origin, turn)
    _check_id(state, values["id"])
    history.add_turn(state)
    _restore_step(history, values, folder)


def _restore_step(history: History, values: dict[str, Any], folder: Path) -> None:
    step = values.get("step")
    if step is None:
        return
    state = history.node(values["id"]).state
    path = _step_path(folder, step["id"])
    arrays = _read_arrays(path)
    bits = _unpack(arrays, path)
    if len(bits) != len(state):
        raise StateError(f"{path.name} holds bits of {len(bits)} candidates; the session says {len(state)}.")
    grown = grown_state(state, bits, scores=_tensor(step["scored"], torch.float32))
    _check_id(grown, step["id"])
    seen = None if step["seen"] is None else _candidates(step["seen"], None)
    vectors = arrays.get("clustering_input")
    candidates = _candidates(step["candidates"], None if vectors is None else tensor_of(vectors))
    parts = {Component(name): _cost(cost) for name, cost in step["cost"].items()}
    proposal = _selection(step["proposal"])
    decision = None if step["decision"] is None else Decision(step["decision"])
    keep = whole_number(step["keep"], 1, MOST_CANDIDATES)
    back = None if step.get("back") is None else turn_from_json(step["back"])
    if back is not None:
        require_fit(grown, back)
    history.add_result(StepResult(grown, candidates, proposal, StepCost(parts), decision, keep, back))
    if seen is not None:
        history.add_seen(state.id, seen)


def _node_to_json(node: Node) -> dict[str, Any]:
    values: dict[str, Any] = {"id": node.state.id, "parent": node.state.parent_id}
    if node.state.path and isinstance(turn := node.state.path[-1], Turn):
        values |= {"turn": turn_to_json(turn), "from": turned_from(node.state)}
    elif node.selection is not None:
        values["selection"] = asdict(node.selection)
    if (result := node.result) is not None:
        column = result.grown.score_history[:, -1]
        values["step"] = {
            "id": result.grown.id,
            "decision": result.decision,
            "keep": result.keep,
            "proposal": asdict(result.proposal),
            "scored": None if bool(column.isnan().all()) else _numbers(column),
            "candidates": _candidates_to_json(result.candidates),
            "seen": None if node.seen is None else _candidates_to_json(node.seen),
            "cost": {name: asdict(cost) for name, cost in result.cost.parts.items()},
            **({} if result.back is None else {"back": turn_to_json(result.back)}),
        }
    return values


def _candidates_to_json(candidates: Candidates) -> dict[str, Numbers | None]:
    return {name: _numbers(getattr(candidates, name)) for name in ("scores", "labels", "probabilities")}


def _candidates(values: dict[str, Numbers | None], vectors: Tensor | None) -> Candidates:
    return Candidates(
        scores=_tensor(values["scores"], torch.float32),
        labels=_tensor(values["labels"], torch.int64),
        probabilities=_tensor(values["probabilities"], torch.float64),
        clustering_input=vectors,
    )


def _numbers(tensor: Tensor | None) -> Numbers | None:
    """Plain numbers, which JSON carries exactly; what is no finite number becomes its name."""
    if tensor is None:
        return None
    return [v if math.isfinite(v) else str(v) for v in floats(tensor)]


def _tensor(values: Numbers | None, dtype: torch.dtype) -> Tensor | None:
    if values is None:
        return None
    return torch.tensor([float(v) for v in values], dtype=torch.float64).to(dtype)


def _selection(values: dict[str, Any]) -> Selection:
    return Selection(choice_from_json(values["parents"]), Source(values["source"]), _shown(values["reason"]))


def _shown(text: str) -> str:
    """Text as it is; half a surrogate pair, which no page can carry, raises ValueError."""
    return text.encode().decode()


def _cost(values: dict[str, Any]) -> ComponentCost:
    return ComponentCost(
        seconds=number(values["seconds"]),
        flops=number(values["flops"]),
        peak_bytes=whole_number(values["peak_bytes"], 0, 2**63),
        items=whole_number(values["items"], 0, 2**63),
    )


def _save_step(result: StepResult, folder: Path) -> None:
    path = _step_path(folder, result.grown.id)
    if path.exists():
        return
    bits = result.grown.bits[-1].cpu().numpy()
    arrays = {"bits": np.packbits(bits), "shape": np.array(bits.shape, dtype=np.int64)}
    if result.candidates.clustering_input is not None:
        arrays["clustering_input"] = result.candidates.clustering_input.cpu().numpy()
    write_atomically(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]


def _step_path(folder: Path, step_id: object) -> Path:
    if not (isinstance(step_id, str) and step_id.isalnum()):
        raise StateError(f"{INDEX} names a step {step_id!r:.40}; ids are letters and digits.")
    return folder / "steps" / f"{step_id}.npz"


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return dict(arrays)
    except DAMAGE as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else f"{error!s:.200}"
        raise StateError(f"{path.name} cannot be read ({why}); without it the session cannot be reopened.") from error


def _unpack(arrays: dict[str, np.ndarray], path: Path) -> Tensor:
    shape = tuple(int(n) for n in arrays["shape"][:5])
    count = math.prod(shape)
    if len(shape) != 4 or min(shape) < 1 or len(arrays["bits"]) != -(-count // 8):
        raise StateError(f"{path.name} holds {len(arrays['bits'])} bytes, which are no bits of shape {shape}.")
    return tensor_of(np.unpackbits(arrays["bits"], count=count).reshape(shape).copy())


def _read_index(path: Path, most: int) -> dict[str, Any]:
    if not path.is_file():
        raise StateError(f"There is no saved session in {path.parent.name!r}: {path.name} is missing.")
    try:
        index: Any = read_json(path.read_bytes(), most)
    except FileError as error:
        raise StateError(f"{path.name} {error}; take another copy of the session.") from error
    except OSError as error:
        raise StateError(f"{path.name} cannot be read ({error.strerror}); check the disk.") from error
    values = cast(dict[str, Any], index) if isinstance(index, dict) else {}
    found = values.get("format")
    if found not in (FORMAT, TURNS_FORMAT):
        raise StateError(
            f"{path.name} has format {found!r:.20}; this version reads format {FORMAT} and {TURNS_FORMAT}. Open it "
            "with the version that saved it."
        )
    return values


def _check_id(state: SearchState, expected: object) -> None:
    if state.id != expected:
        raise StateError(f"{INDEX} says state {expected!r:.40}, but its recipe and choices make it {state.id}.")
