"""The tree of one session: every state and step, who came from whom, where the person is, and which caches are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ttsvar.engine.held import held_bytes
from ttsvar.engine.moves import turn_selection
from ttsvar.errors import StateError
from ttsvar.turns import Turn
from ttsvar.types import Candidates, Run, SearchState, Selection, StepCost, StepResult

MAX_CACHES = 8
"""States of one session that keep what can be computed again: KV caches, images and features."""


@dataclass(frozen=True)
class Node:
    """A committed state and what is known of it."""

    state: SearchState
    selection: Selection | None = None
    """The choice that led here, or what a way back comes to; None at the root."""
    result: StepResult | None = None
    """The step taken from here; there is at most one, as a state determines it."""
    seen: Candidates | None = None
    """What a person saw of `result.grown` beyond what the step itself looked at."""

    @property
    def stepped(self) -> StepResult:
        """The step taken from here; raises StateError where there is none yet."""
        if self.result is None:
            raise StateError(f"Scale {self.state.scale} has not been generated yet.")
        return self.result


class History:
    """States as a tree: a step hangs on its state, and every choice made from it is a branch.

    Bits, scores and reasons are kept for all. KV caches, images and features are kept for the `max_caches` states used
    last, the current path first; the others are rebuilt from the bits when they are needed.
    """

    def __init__(self, root: SearchState, *, max_caches: int = MAX_CACHES) -> None:
        if root.parent_id is not None or root.scale:
            raise StateError(f"State {root.id} has scale {root.scale}; a history starts with a state from `begin`.")
        if max_caches < 1:
            raise StateError(f"max_caches is {max_caches}; the state one stands on needs at least 1.")
        self.max_caches = max_caches
        self.names: dict[str, str] = {}
        """Named branches: name to state id."""
        self._nodes: dict[str, Node] = {root.id: Node(root)}
        self._owners: dict[str, str] = {}
        self._recent: list[str] = [root.id]
        self._current = root.id

    @property
    def run(self) -> Run:
        """The recipe that all states share."""
        return self.root.state.run

    @property
    def root(self) -> Node:
        """The state that `begin` gave."""
        return next(iter(self._nodes.values()))

    @property
    def current(self) -> Node:
        """Where the person is."""
        return self._nodes[self._current]

    def __len__(self) -> int:
        return len(self._nodes)

    def __iter__(self) -> Iterator[Node]:
        """All nodes, parents before children, in the order they were made."""
        return iter(tuple(self._nodes.values()))

    def __contains__(self, state_id: object) -> bool:
        return state_id in self._nodes

    def node(self, state_id: str) -> Node:
        """The node of a committed state, or the one whose step grew this state; raises StateError if there is none."""
        found = self._nodes.get(self._owners.get(state_id, state_id))
        if found is None:
            raise StateError(f"This session has no state {state_id!r}; it has {len(self)} others.")
        return found

    def add_result(self, result: StepResult) -> Node:
        """Hang a step on the state it was taken from."""
        node = self.node(str(result.grown.parent_id))
        self._nodes[node.state.id] = replace(node, result=result)
        self._owners[result.grown.id] = node.state.id
        self._touch(node.state.id)
        return self._nodes[node.state.id]

    def add_seen(self, state_id: str, seen: Candidates) -> Node:
        """Note what a person saw of the candidates that a state's step grew."""
        node = self.node(state_id)
        if node.result is None:
            raise StateError(f"State {state_id} has not been stepped; there is nothing to have seen.")
        self._nodes[node.state.id] = replace(node, seen=seen)
        return self._nodes[node.state.id]

    def add_state(self, state: SearchState, selection: Selection) -> Node:
        """Add a committed state below the step it was chosen from, and go there; adding it again only goes there.

        Where a strategy went back, the state is the one after that.
        """
        if state.path and isinstance(state.path[-1], Turn):
            selection = turn_selection(state)
            if state.parent_id is None:
                return self._add(state, selection)
        parent = self.node(str(state.parent_id))
        if parent.result is None or parent.result.grown.id != state.parent_id:
            raise StateError(
                f"State {state.id} was chosen from a step this session has not seen; add its result first."
            )
        return self._add(state, selection)

    def add_turn(self, state: SearchState) -> Node:
        """Add the state after a way back, where its candidates' ancestors were chosen, and go there.

        One that goes back to before the first scale hangs below nothing: it is a beginning of its own.
        """
        return self.add_state(state, turn_selection(state))

    def _add(self, state: SearchState, selection: Selection) -> Node:
        old = self._nodes.get(state.id)
        self._nodes[state.id] = Node(state, selection) if old is None else replace(old, state=state)
        return self.go(state.id)

    def go(self, state_id: str) -> Node:
        """Make a state, or a named branch, the current one."""
        node = self.node(self.names.get(state_id, state_id))
        self._current = node.state.id
        self._touch(node.state.id)
        return self._nodes[node.state.id]

    def name(self, name: str, state_id: str | None = None) -> None:
        """Name a branch by one of its states (the current one if None); the same name again moves it."""
        if not name.strip():
            raise StateError("A branch needs a name.")
        self.names[name.strip()] = self.node(state_id or self._current).state.id

    def take_in(self, other: History) -> list[Node]:
        """Add what another copy of this session has beyond it, and return the new states; where one stands stays.

        Ids follow from the recipe and the choices, so the same id is the same state. Raises StateError where the other
        is another session.
        """
        if other.root.state.id != self.root.state.id:
            raise StateError(f"State {other.root.state.id} began another session than {self.root.state.id}.")
        new = [node for node in other if node.state.id not in self._nodes]
        for node in other:
            mine = self._nodes.get(node.state.id, node)
            mine = replace(mine, result=mine.result or node.result, seen=mine.seen or node.seen)
            self._nodes[node.state.id] = mine
            if mine.result is not None:
                self._owners[mine.result.grown.id] = node.state.id
        for name, state in other.names.items():
            if state not in self.names.values():
                self.names.setdefault(name, state)
        return new

    def drop_caches(self) -> None:
        """Drop every KV cache, picture and feature; they are rebuilt from the bits when they are needed."""
        self._nodes = {name: _lightened(node) for name, node in self._nodes.items()}

    @property
    def held_bytes(self) -> int:
        """Bytes of all tensors that the session holds."""
        return held_bytes(self._nodes)

    def parent(self, state_id: str) -> Node | None:
        """The state that was stepped to get here; None at the root, and where somebody began anew."""
        above = self.node(state_id).state.parent_id
        return None if above is None else self.node(above)

    def children(self, state_id: str) -> tuple[Node, ...]:
        """The states that were chosen from this one's step, oldest first."""
        result = self.node(state_id).result
        return () if result is None else tuple(n for n in self if n.state.parent_id == result.grown.id)

    def path(self, state_id: str | None = None) -> tuple[Node, ...]:
        """From the beginning to a state (the current one if None)."""
        nodes = [self.node(state_id or self._current)]
        while (above := self.parent(nodes[-1].state.id)) is not None:
            nodes.append(above)
        return tuple(reversed(nodes))

    def leaves(self) -> tuple[Node, ...]:
        """The end of every branch, oldest first."""
        parents = {n.state.parent_id for n in self}
        return tuple(n for n in self if n.result is None or n.result.grown.id not in parents)

    def cost(self, state_id: str | None = None) -> StepCost:
        """What the steps on the way to a state cost together."""
        total = StepCost()
        for node in self.path(state_id)[:-1]:
            total = total + node.stepped.cost
        return total

    def _touch(self, state_id: str) -> None:
        if state_id in self._recent:
            self._recent.remove(state_id)
        self._recent.append(state_id)
        heavy = [i for i in self._recent if _is_heavy(self._nodes[i])]
        on_path = {n.state.id for n in self.path()}
        order = [i for i in heavy if i not in on_path] + [i for i in heavy if i in on_path and i != self._current]
        for oldest in order[: max(0, len(heavy) - self.max_caches)]:
            self._nodes[oldest] = _lightened(self._nodes[oldest])


def _is_heavy(node: Node) -> bool:
    """Whether a node holds anything that can be rebuilt from the bits."""
    parts = [node.seen] if node.seen else []
    states = [node.state]
    if node.result is not None:
        parts.append(node.result.candidates)
        states.append(node.result.grown)
    return any(s.kv is not None for s in states) or any(p.images is not None or p.features is not None for p in parts)


def _lightened(node: Node) -> Node:
    result = node.result
    if result is not None:
        result = replace(result, grown=replace(result.grown, kv=None), candidates=without_pictures(result.candidates))
    seen = None if node.seen is None else without_pictures(node.seen)
    return replace(node, state=replace(node.state, kv=None), result=result, seen=seen)


def without_pictures(seen: Candidates) -> Candidates:
    """What is known of candidates but their images and features."""
    return Candidates(
        scores=seen.scores,
        labels=seen.labels,
        probabilities=seen.probabilities,
        clustering_input=seen.clustering_input,
    )
