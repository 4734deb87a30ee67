"""Runs that people are watching: a tree of states each, what has been looked at, and where the person stands."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ttsvar.config import SearchConfig
from ttsvar.errors import SelectionError, StateError
from ttsvar.types import Candidates, SearchState, Selection, StepCost, StepResult
from ui.maps import Basis


@dataclass
class Node:
    """A committed state; once stepped it holds the grown scale that waits for a choice."""

    state: SearchState
    parent: str | None = None
    selection: Selection | None = None
    result: StepResult | None = None
    seen: Candidates = field(default_factory=Candidates)
    search_cost: StepCost = field(default_factory=StepCost)
    look_cost: StepCost = field(default_factory=StepCost)

    @property
    def scale(self) -> int:
        """Index of the scale that this node generates; the number of scales for a finished one."""
        return self.state.scale


class Session:
    """One run: nothing that was computed in it is computed again."""

    def __init__(self, run_id: str, engine: Any, root: SearchState) -> None:
        self.id = run_id
        self.engine = engine
        self.nodes: dict[str, Node] = {root.id: Node(root)}
        self.root = root.id
        self.current = root.id
        self.last_child: dict[str, str] = {}
        self.basis: Basis | None = None
        self.cache: dict[Any, Any] = {}
        self.turn = 0
        self.touched = time.time()
        self._lock = threading.RLock()

    @property
    def run(self) -> Any:
        """The recipe shared by all states."""
        return self.nodes[self.root].state.run

    def take_turn(self) -> int:
        """Start acting; whatever was running before stops within one scale."""
        self.turn += 1
        self.touched = time.time()
        return self.turn

    def node(self, node_id: str) -> Node:
        """A node by id; StateError where the run has none."""
        if node_id not in self.nodes:
            raise StateError(f"This run has no state {node_id!r}; go back to a scale in the stepper.")
        return self.nodes[node_id]

    def open(self, node_id: str) -> Node:
        """Stand at a node, growing and looking at its scale if that was never done."""
        with self._lock:
            node = self.node(node_id)
            if not node.state.done and node.result is None:
                self._grow(node)
            self.current = node_id
            self._save()
            return node

    def _grow(self, node: Node) -> None:
        result = self.engine.step(node.state)
        seen = result.candidates
        if seen.images is None or seen.features is None or seen.scores is None:
            looked, node.look_cost = self.engine.observe(result.grown)
            seen = Candidates(
                looked.images, looked.features, looked.scores, seen.labels, seen.probabilities, seen.clustering_input
            )
        node.result, node.seen, node.search_cost = result, seen, result.cost

    def commit(self, node_id: str, counts: list[int] | None = None) -> str:
        """Choose who lives on (copies per candidate, or None for the proposal) and return the child's id."""
        with self._lock:
            node = self.node(node_id)
            if node.result is None:
                raise StateError("This scale has not been generated yet.")
            selection = self._selection(node.result, counts)
            state = self.engine.commit(node.result, selection)
            if state.id not in self.nodes:
                child = Node(state, node_id, selection)
                if state.done:
                    child.seen = _rows(node.seen, selection.parents)
                self.nodes[state.id] = child
            self.last_child[node_id] = state.id
            return state.id

    @staticmethod
    def _selection(result: StepResult, counts: list[int] | None) -> Selection:
        if counts is None:
            return result.proposal
        alive = len(result.grown)
        if len(counts) != alive or any(not isinstance(c, int) or not 0 <= c <= 64 for c in counts):
            raise SelectionError(f"The choice {counts!r} does not fit {alive} candidates; reset it to the proposal.")
        if sum(counts) == 0:
            raise SelectionError("Nothing is selected; keep at least one candidate.")
        if sum(counts) > 256:
            raise SelectionError(f"{sum(counts)} candidates are too many; keep at most 256.")
        parents = tuple(i for i, c in enumerate(counts) for _ in range(c))
        if sorted(result.proposal.parents) == list(parents):
            return result.proposal
        return Selection(parents, "user", "chosen by hand")

    def path(self, node_id: str) -> list[Node]:
        """Nodes from the start to this one."""
        nodes: list[Node] = []
        at: str | None = node_id
        while at is not None:
            nodes.append(self.nodes[at])
            at = self.nodes[at].parent
        return nodes[::-1]

    def ahead(self, node_id: str) -> list[str]:
        """Ids of what was already computed after a node, along the branch last walked."""
        ids = []
        at = node_id
        while at in self.last_child:
            at = self.last_child[at]
            ids.append(at)
        return ids

    def leaves(self) -> list[str]:
        """The end of every branch, oldest first."""
        parents = {n.parent for n in self.nodes.values()}
        return [i for i in self.nodes if i not in parents]

    def _save(self) -> None:
        """Replaced by the store where runs are kept on disk."""


def _rows(seen: Candidates, parents: tuple[int, ...]) -> Candidates:
    index = list(parents)
    return Candidates(
        *(None if v is None else v[index] for v in (seen.images, seen.features, seen.scores)),
    )


class SessionStore:
    """All open runs by id; the longest untouched are forgotten after `ttl` seconds."""

    def __init__(self, engine: Any, runs_dir: Path | str | None = None, ttl: float = 7 * 86400.0, capacity: int = 64) -> None:
        self.engine = engine
        self.runs_dir = Path(runs_dir) if runs_dir is not None else None
        self.ttl = ttl
        self.capacity = capacity
        self._open: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def create(self, prompt: str, search: SearchConfig, seed: int) -> Session:
        """Begin a run; raises the engine's errors for a bad prompt or schedule."""
        root = self.engine.begin(prompt, search=search, seed=seed)
        session = Session(secrets.token_urlsafe(6).replace("-", "x").replace("_", "y"), self.engine, root)
        with self._lock:
            self._open[session.id] = session
            self._sweep()
        return session

    def get(self, run_id: str) -> Session | None:
        """An open run, or None."""
        with self._lock:
            session = self._open.get(run_id)
            if session is not None:
                session.touched = time.time()
                self._open.move_to_end(run_id)
            return session

    def _sweep(self) -> None:
        limit = time.time() - self.ttl
        for run_id in [i for i, s in self._open.items() if s.touched < limit]:
            del self._open[run_id]
        while len(self._open) > self.capacity:
            self._open.popitem(last=False)
