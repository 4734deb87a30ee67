"""Runs that people are watching: a history each, what was shown of it, and where the person stands; kept on disk."""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ttsvar.config import SearchConfig
from ttsvar.errors import SelectionError, StateError, TTSVarError
from ttsvar.features.pca import DisplayBasis
from ttsvar.history import History, Node
from ttsvar.runs import load_history, save_history
from ttsvar.types import Candidates, ComponentCost, Run, Selection, StepCost, StepResult

log = logging.getLogger("ttsvar.ui")
RUN_ID = re.compile(r"[A-Za-z0-9]{6,32}")
MOST_COPIES = 16
ORIGIN = "origin.json"
"""Beside a run: the weights that drew it, and, of one that came from a file, where from."""


@dataclass(frozen=True)
class Doing:
    """What a run is at: a scale, the component that works on it, and on how many candidates."""

    scale: int
    part: str
    items: int


class Session:
    """One run: nothing that was computed in it is computed again."""

    def __init__(
        self,
        run_id: str,
        engine: Any,
        history: History,
        folder: Path | None = None,
        origin: dict[str, Any] | None = None,
    ) -> None:
        self.id = run_id
        self.engine = engine
        self.history = history
        self.folder = folder
        self.origin = {"weights": engine.weights} if origin is None else origin
        self.basis: DisplayBasis | None = None
        self.last_child: dict[str, str] = {}
        self.turn = 0
        self.doing: Doing | None = None
        self.touched = time.time()
        self.lock = threading.RLock()
        self._shown: dict[tuple[str, str], Any] = {}
        for node in history:
            above = history.parent(node.state.id)
            if above is not None:
                self.last_child[above.state.id] = node.state.id
        for above, node in zip(history.path(), history.path()[1:], strict=False):
            self.last_child[above.state.id] = node.state.id

    @property
    def run(self) -> Run:
        """The recipe shared by all states."""
        return self.history.run

    @property
    def current(self) -> str:
        """Id of the state the person stands on."""
        return self.history.current.state.id

    def take_turn(self) -> int:
        """Start acting; whatever was running before stops within one scale."""
        self.turn += 1
        self.touched = time.time()
        return self.turn

    def grow(self, state_id: str) -> None:
        """Grow a state's scale and look at it, if that was never done."""
        with self.lock:
            node = self.history.node(state_id)
            try:
                if not node.state.done and node.result is None:
                    self.history.add_result(self.engine.step(node.state, progress=self._doing(node)))
                if not node.state.done:
                    self.look(state_id, pictures=False)
            finally:
                self.doing = None

    def open(self, state_id: str) -> Node:
        """Stand at a state, growing its scale if that was never done."""
        with self.lock:
            self.grow(state_id)
            node = self.history.go(state_id)
            self.save()
            return node

    def _doing(self, node: Node) -> Callable[[str, int], None]:
        def note(part: str, items: int) -> None:
            self.doing = Doing(node.state.scale, part, items)

        return note

    def look(self, state_id: str, *, pictures: bool = True) -> Candidates:
        """All candidates of a grown scale; looked at again only where pictures are wanted and were dropped."""
        with self.lock:
            node = self.history.node(state_id)
            if node.result is None:
                raise StateError(f"Scale {node.state.scale} has not been generated yet.")
            if node.seen is None or (pictures and (node.seen.images is None or node.seen.features is None)):
                looked, cost = self.engine.observe(node.result.grown, progress=self._doing(node))
                decided = {f.name: getattr(node.result.candidates, f.name) for f in fields(Candidates)}
                seen = replace(looked, **{name: value for name, value in decided.items() if value is not None})
                node = self.history.add_seen(state_id, seen)
                self.shown(state_id, "look", lambda: {name: asdict(part) for name, part in cost.parts.items()})
            assert node.seen is not None
            return node.seen

    def look_cost(self, state_id: str) -> StepCost:
        """What looking at a grown scale took beyond the search's own looks."""
        parts = self.shown(state_id, "look", dict)
        return StepCost({name: ComponentCost(**values) for name, values in parts.items()})

    def finished(self, state_id: str, *, pictures: bool = True) -> Candidates:
        """Scores of a finished state's candidates, and their images if they are wanted."""
        node = self.history.node(state_id)
        above = self.history.parent(state_id)
        if not node.state.done or above is None:
            raise StateError(f"State {state_id} is not finished.")
        seen, rows = self.look(above.state.id, pictures=pictures), list(node.state.choices[-1])
        assert seen.scores is not None
        return Candidates(images=None if seen.images is None else seen.images[rows], scores=seen.scores[rows])

    def commit(self, state_id: str, counts: list[int] | None = None) -> str:
        """Choose who lives on (copies per candidate, or None for the proposal) and return the new state's id."""
        with self.lock:
            node = self.history.node(state_id)
            if node.result is None:
                raise StateError(f"Scale {node.state.scale} has not been generated yet.")
            selection = _selection(node.result, counts)
            state = self.engine.commit(node.result, selection)
            self.history.add_state(state, selection)
            self.last_child[node.state.id] = state.id
            return state.id

    def ahead(self, state_id: str) -> list[str]:
        """Ids of what was already computed after a state, along the branch last walked."""
        ids = []
        while state_id in self.last_child:
            state_id = self.last_child[state_id]
            ids.append(state_id)
        return ids

    def walked(self, state_id: str) -> None:
        """Make the branch that leads to a state the one last walked."""
        nodes = self.history.path(state_id)
        for above, node in itertools.pairwise(nodes):
            self.last_child[above.state.id] = node.state.id

    def shown(self, state_id: str, name: str, make: Callable[[], Any]) -> Any:
        """A plain value that was made for a state once, and is kept beside the run."""
        key = (state_id, name)
        if key not in self._shown:
            path = self._place(state_id, name)
            if path is not None and path.is_file():
                self._shown[key] = json.loads(path.read_text())
            else:
                self._shown[key] = make()
                if path is not None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    draft = path.with_suffix(f".{secrets.token_hex(4)}")
                    draft.write_text(json.dumps(self._shown[key]))
                    os.replace(draft, path)
        return self._shown[key]

    def was_shown(self, state_id: str, name: str) -> bool:
        """Whether `shown` has this value already."""
        path = self._place(state_id, name)
        return (state_id, name) in self._shown or (path is not None and path.is_file())

    def show_again(self, state_id: str, name: str, make: Callable[[], Any]) -> Any:
        """Make a shown value anew, as the one that is kept was provisional."""
        self._shown.pop((state_id, name), None)
        path = self._place(state_id, name)
        if path is not None:
            path.unlink(missing_ok=True)
        return self.shown(state_id, name, make)

    def _place(self, state_id: str, name: str) -> Path | None:
        return None if self.folder is None else self.folder / "shown" / f"{state_id}-{name}.json"

    def keep_origin(self) -> None:
        """Write down where the run comes from, once."""
        if self.folder is not None and not (self.folder / ORIGIN).exists():
            (self.folder / ORIGIN).write_text(json.dumps(self.origin))

    def save(self) -> None:
        """Write the run to its folder."""
        if self.folder is not None:
            save_history(self.history, self.folder)
            self.keep_origin()


def _selection(result: StepResult, counts: list[int] | None) -> Selection:
    if counts is None:
        return result.proposal
    alive = len(result.grown)
    if len(counts) != alive or any(type(c) is not int or not 0 <= c <= MOST_COPIES for c in counts):
        raise SelectionError(
            f"The choice {str(counts)[:80]} does not fit {alive} candidates; reset it to the proposal."
        )
    if sum(counts) == 0:
        raise SelectionError("Nothing is selected; keep at least one candidate.")
    parents = tuple(i for i, count in enumerate(counts) for _ in range(count))
    if tuple(sorted(result.proposal.parents)) == parents:
        return result.proposal
    return Selection(parents, "user", "chosen by hand")


def _new_id() -> str:
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(10))


def _read_origin(folder: Path) -> dict[str, Any]:
    """Empty for a run of a time that kept none."""
    path = folder / ORIGIN
    return json.loads(path.read_text()) if path.is_file() else {}


class SessionStore:
    """All runs by id, in memory and on disk; those untouched for `ttl` seconds are deleted."""

    def __init__(
        self, engine: Any, runs_dir: Path | str | None = None, ttl: float = 7 * 86400.0, capacity: int = 64
    ) -> None:
        self.engine = engine
        self.root = None if runs_dir is None else Path(runs_dir)
        self.ttl = ttl
        self.capacity = capacity
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()
        self.sweep()

    def create(self, prompt: str, search: SearchConfig, seed: int) -> Session:
        """Begin a run; raises the engine's errors for a bad prompt or schedule."""
        root = self.engine.begin(prompt, search=search, seed=seed)
        run_id = _new_id()
        folder = None if self.root is None else self.root / run_id
        session = Session(run_id, self.engine, History(root), folder)
        with self._lock:
            self._hold(session)
        self.sweep()
        return session

    def adopt(
        self,
        fill: Callable[[Path], object],
        origin: dict[str, Any],
        history: History | None = None,
        *,
        check: Callable[[History], object] = lambda history: None,
    ) -> Session:
        """Take in a run that came from elsewhere: `fill` writes its files into a folder.

        `history` is the run where it is in memory already; `check` may refuse it. Raises StateError where the files
        do not fit together, or belong to another model.
        """
        run_id = _new_id()
        if self.root is not None:
            self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix="draft-") as draft:
            folder = Path(draft) / run_id
            folder.mkdir()
            fill(folder)
            history = history or load_history(folder)
            if not self._fits(history):
                raise StateError(
                    f"This run was made with {history.run.model!r}; this app runs {self.engine.name!r}. Start the app "
                    "with that model to reopen it."
                )
            check(history)
            (folder / ORIGIN).write_text(json.dumps(origin))
            home = None if self.root is None else self.root / run_id
            if home is not None:
                os.replace(folder, home)
        session = Session(run_id, self.engine, history, home, origin)
        with self._lock:
            self._hold(session)
        return session

    def get(self, run_id: str) -> Session | None:
        """A run by id, reopened from disk if need be; None where there is none that this engine can go on with."""
        if not RUN_ID.fullmatch(run_id):
            return None
        with self._lock:
            session = self._open.get(run_id) or self._reopen(run_id)
            if session is not None:
                session.touched = time.time()
                self._hold(session)
            return session

    def _hold(self, session: Session) -> None:
        self._open[session.id] = session
        self._open.move_to_end(session.id)
        while len(self._open) > self.capacity:
            self._open.popitem(last=False)

    def _reopen(self, run_id: str) -> Session | None:
        folder = None if self.root is None else self.root / run_id
        if folder is None or not (folder / "run.json").is_file():
            return None
        try:
            history = load_history(folder)
        except TTSVarError as error:
            log.warning("run %s cannot be reopened: %s", run_id, error)
            return None
        if not self._fits(history):
            return None
        os.utime(folder / "run.json")
        return Session(run_id, self.engine, history, folder, _read_origin(folder))

    def _fits(self, history: History) -> bool:
        return history.run.model == self.engine.name and history.run.schedule == self.engine.schedule

    def sweep(self) -> None:
        """Forget and delete what was not touched for `ttl` seconds."""
        limit = time.time() - self.ttl
        with self._lock:
            for run_id in [i for i, s in self._open.items() if s.touched < limit]:
                del self._open[run_id]
            held = set(self._open)
        for index in [] if self.root is None else list(self.root.glob("*/run.json")):
            folder = index.parent
            if RUN_ID.fullmatch(folder.name) and folder.name not in held and index.stat().st_mtime < limit:
                shutil.rmtree(folder, ignore_errors=True)
