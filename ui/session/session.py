"""A run that somebody is watching: its history, what was shown of it, and where the person stands; kept on disk."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ttsvar.engine.back import passes
from ttsvar.engine.history import History, Node
from ttsvar.engine.protocol import SearchEngine
from ttsvar.errors import StateError
from ttsvar.fair import stopping
from ttsvar.features.display_basis import DisplayBasis
from ttsvar.types import (
    Candidates,
    ComponentCost,
    Observation,
    Run,
    SearchState,
    StepCost,
    StepResult,
)

from .annotations import Annotations, Duel, read_duels
from .counts import selection_of
from .kept import KeptRun
from .shared import Shared, as_proposed
from .shown import OBSERVED, PICTURES, ShownKey, ShownValues

T = TypeVar("T")


@dataclass(frozen=True)
class Doing:
    """What a run is at: a scale, the component that works on it, and on how many candidates."""

    scale: int
    part: str
    items: int


class Evaluator(Protocol):
    """Measures whether an image satisfies its prompt; no search sees it."""

    def verdict(self, prompt: str, image: Any) -> Any:
        """An object with `correct` and `reasons`; None where the prompt cannot be judged."""
        ...


class Session:
    """One run: nothing that was computed in it is computed again."""

    read_only = False
    """Whether it may only be looked at."""

    def __init__(
        self,
        run_id: str,
        engine: SearchEngine,
        history: History,
        folder: Path | None = None,
        origin: dict[str, Any] | None = None,
        evaluator: Evaluator | None = None,
        duels: Sequence[Duel] | None = None,
    ) -> None:
        """`duels` are the run's comparisons where they do not lie in its folder."""
        self.id = run_id
        self.engine = engine
        self.evaluator = evaluator
        self.history = history
        self.folder = folder
        self.origin: dict[str, Any] = {"weights": engine.weights} if origin is None else origin
        self.kept = KeptRun(history, folder, self.origin)
        self.basis: DisplayBasis | None = None
        self.last_child: dict[str, str] = {}
        self.turn = 0
        self.doing: Doing | None = None
        self.left_running = False
        """Whether whoever watched went away while the search ran on by itself."""
        self.shared: Shared | None = None
        """What a class draws once for all; None outside of room mode."""
        self.watch_key = ""
        """The key that only shows this run; empty where there is none, and where this is what it opened."""
        self.owner = ""
        """The visitor who began it here, by `SessionStore.visitor`; empty where nobody did."""
        self.touched = time.time()
        self.noted = 0.0
        """When it was last noted on disk that the run is in use."""
        self.lock = threading.RLock()
        self.annotations = Annotations(read_duels(history, folder) if duels is None else duels, folder)
        self._shown = ShownValues(folder)
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
        """Start acting; whatever was running before stops within one chunk of candidates."""
        self.turn += 1
        self.touched = time.time()
        return self.turn

    def admit_change(self) -> None:
        """StateError where the run may only be looked at; called before anything is added to it."""

    def grow(self, state_id: str) -> None:
        """Grow a state's scale and look at it, if that was never done.

        StoppedError where somebody takes a turn meanwhile; the first scale is drawn in any case.
        """
        with self.lock:
            node, self.touched, turn = self.history.node(state_id), time.time(), self.turn
            try:
                with stopping(lambda: node.state.scale > 0 and self.turn != turn):
                    self._grow(node)
            finally:
                self.doing = None

    def _grow(self, node: Node) -> None:
        if not node.state.done and node.result is None:
            self.admit_change()
            self.history.add_result(self._step(node))
        if not node.state.done:
            self.look(node.state.id, pictures=False)

    def _step(self, node: Node) -> StepResult:
        draw = partial(self.engine.step, node.state, progress=self._doing(node))
        common = self._common(node.state.id)
        return draw() if common is None else common.step(node.state.id, draw)

    def _common(self, state_id: str) -> Shared | None:
        """Where others with the same recipe find what is drawn at a state; None where somebody has chosen by hand."""
        return self.shared if self.shared is not None and as_proposed(self.history, state_id) else None

    def open(self, state_id: str) -> Node:
        """Stand at a state, growing its scale if that was never done."""
        with self.lock:
            self.grow(state_id)
            node = self.history.go(state_id)
            self.save()
            return node

    def leave(self, state_id: str) -> str:
        """Go back from a state whose scale was not drawn and seen to the one it was chosen from; returns its id."""
        with self.lock:
            above, node = self.history.parent(state_id), self.history.node(state_id)
            if above is None or node.seen is not None:
                return state_id
            if self.current == state_id:
                self.history.go(above.state.id)
                self.save()
            return above.state.id

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
                looked, cost = self._look(node, node.result.grown)
                decided = {f.name: getattr(node.result.candidates, f.name) for f in fields(Candidates)}
                seen = replace(looked, **{name: value for name, value in decided.items() if value is not None})
                node = self.history.add_seen(state_id, seen)
                self.shown(state_id, OBSERVED, lambda: {name: asdict(part) for name, part in cost.parts.items()})
            assert node.seen is not None
            return node.seen

    def _look(self, node: Node, grown: SearchState) -> tuple[Observation, StepCost]:
        observe = partial(self.engine.observe, grown, progress=self._doing(node))
        common = self._common(node.state.id)
        return observe() if common is None else common.once("look", node.state.id, observe)

    def look_cost(self, state_id: str) -> StepCost:
        """What looking at a grown scale took beyond the search's own looks."""
        parts = self.shown(state_id, OBSERVED, dict)
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
        self.admit_change()
        with self.lock:
            node = self.history.node(state_id)
            if node.result is None:
                raise StateError(f"Scale {node.state.scale} has not been generated yet.")
            if counts is None and node.result.back is not None:
                return self._follow(self.history.add_turn(self.engine.commit(node.result))).state.id
            selection = selection_of(node.result, counts)
            state = self.engine.commit(node.result, selection)
            self.history.add_state(state, selection)
            self.last_child[node.state.id] = state.id
            return state.id

    def turn_back(self, state_id: str, make: Callable[[Node], SearchState]) -> str:
        """Go back as `make` says, and on with everybody to where decisions are open; returns the id of that state."""
        self.admit_change()
        with self.lock:
            state = make(self.history.node(state_id))
            node = self._follow(self.history.add_turn(state))
            while passes(node.state):
                result = node.result or self.engine.step(node.state, progress=self._doing(node))
                self.history.add_result(result)
                state = self.engine.commit(result)
                node = self._follow(self.history.add_state(state, result.proposal))
            self.doing = None
            return node.state.id

    def _follow(self, node: Node) -> Node:
        if (above := self.history.parent(node.state.id)) is not None:
            self.last_child[above.state.id] = node.state.id
        return node

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

    def shown(self, state_id: str, key: ShownKey[T], make: Callable[[], T]) -> T:
        """A plain value that was made for a state once, and is kept beside the run."""
        common = self._common(state_id) if key is PICTURES and state_id in self.history else None
        if common is None:
            return self._shown.get(state_id, key, make)
        return self._shown.get(state_id, key, lambda: common.once(key.name, state_id, make))

    def was_shown(self, state_id: str, key: ShownKey[Any]) -> bool:
        """Whether `shown` has this value already."""
        return self._shown.has(state_id, key)

    def show_again(self, state_id: str, key: ShownKey[T], make: Callable[[], T]) -> T:
        """Make a shown value anew, as the one that is kept was provisional."""
        self._shown.drop(state_id, key)
        return self._shown.get(state_id, key, make)

    def annotate(self, duel: Duel) -> None:
        """Keep a comparison with the run."""
        self.admit_change()
        with self.lock:
            self.annotations.add(duel)

    def save(self) -> None:
        """Write the run to its folder; StateError says why that is not possible."""
        with self.lock:
            for node in self.kept.save():
                above = self.history.parent(node.state.id)
                if above is not None:
                    self.last_child.setdefault(above.state.id, node.state.id)

    def rest(self) -> None:
        """Drop what can be made again, unless the run is at work."""
        if self.lock.acquire(blocking=False):
            try:
                self.history.drop_caches()
                self._shown.drop_kept()
            finally:
                self.lock.release()
