"""The whole page at a node: one value for every custom view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ttsvar.types import StepCost
from ui import rivers, words
from ui.components.bar import bar_html, stage_html
from ui.components.board import board_html
from ui.components.cost import cost_html
from ui.components.features import features_html
from ui.components.final import Ancestor, Ending, ending_html, welcome_html
from ui.components.header import header_html
from ui.components.lineage import Column, lineage_html
from ui.components.resampling import resampling_html
from ui.components.scores import scores_html
from ui.components.stepper import stepper_html
from ui.frames import array, build_frame, pictures, short_name
from ui.pictures import picture_uri, png_uri
from ui.sessions import Node, Session

EMPTY = '<p class="note first">Start a search to see this.</p>'


@dataclass(frozen=True)
class View:
    """Values of the custom views, in the order of `layout.Page.views`."""

    header: str
    stepper: str
    stage: str
    lineage: str
    features: str
    resampling: str
    scores: str
    cost: str
    here: tuple[str, str] | None

    def values(self) -> tuple[Any, ...]:
        """The values as the event handlers return them."""
        return (
            self.header, self.stepper, self.stage, self.lineage, self.features,
            self.resampling, self.scores, self.cost, self.here,
        )  # fmt: skip


def welcome(engine: Any, strip: str, note: str = "") -> View:
    """The page before the first run."""
    stage = stage_html(welcome_html() + (f'<p class="err" role="alert">{note}</p>' if note else ""), kind="hello")
    return View(header_html(engine.name, str(engine.device)), strip, stage, "", EMPTY, EMPTY, EMPTY, EMPTY, None)


def show(session: Session, node_id: str, *, busy: str = "", error: str = "") -> View:
    """The page at a grown or finished node."""
    node = session.node(node_id)
    columns = rivers.columns(session, node_id)
    stage = _ending(session, node, columns) if node.state.done else _board(session, node_id, busy, error)
    engine, run = session.engine, session.run
    scales = len(run.schedule)
    shown = node if node.result is not None else session.node(node.parent or node_id)
    frame = build_frame(session, shown.state.id)
    past = [c for c in columns if c.scale <= node.scale]
    return View(
        header_html(engine.name, str(engine.device), session.id, node_id),
        stepper_html(rivers.cells(session, node_id)),
        stage,
        lineage_html(columns, scales, node.scale, rivers.branches(session, node_id)),
        features_html(frame, run.search.extractor),
        resampling_html(frame),
        scores_html(past, scales, node.scale),
        cost_html(*_costs(session, node_id)),
        (session.id, shown.state.id),
    )


def _board(session: Session, node_id: str, busy: str, error: str) -> str:
    frame = build_frame(session, node_id)
    run = session.run
    alive = len(frame.cards)
    plan = [
        (k, str(run.search.decision(k)), min(run.batch[k], alive))
        for k in range(len(run.schedule))
        if run.search.decision(k)
    ]
    text = words.sentence(frame, words.following(plan, frame.scale))
    inside = board_html(frame, words.title(frame), text, prompt=run.prompt)
    ahead = any(k > frame.scale for k, _, _ in plan)
    inside += bar_html(last=frame.last, decision_ahead=ahead, error=error)
    kind = frame.decision or "free"
    return stage_html(inside, run=session.id, at=node_id, busy=busy, kind=f"board {kind}", keep=frame.keep)


def _ending(session: Session, node: Node, columns: list[Column]) -> str:
    run = session.run
    best = rivers.best_index(node)
    name = short_name(node.state.candidate_ids[best])
    scores = array(node.seen.scores)
    key = ("png", node.state.id)
    if key not in session.cache:
        session.cache[key] = png_uri(session.engine.best(node.state))
    line = []
    for column in columns:
        winner = next((d for d in column.dots if d.winner), None)
        if winner is not None:
            grown = session.node(column.target)
            uri = pictures(session, grown)[0][column.dots.index(winner)]
            decision = run.search.decision(column.scale)
            line.append(Ancestor(column.scale, winner.name, uri, column.target, winner.reward, decision))
    images = array(node.seen.images)
    others = tuple(
        (short_name(c), picture_uri(images[i], 128), float(scores[i]))
        for i, c in enumerate(node.state.candidate_ids)
        if i != best
    )
    path = session.path(node.state.id)
    hand = sum(1 for n in path if n.selection is not None and n.selection.source == "user")
    search, looking, _, raw = _costs(session, node.state.id)
    facts = (
        ("reward", f"{float(scores[best]):+.2f}".replace("-", "\u2212")),
        ("search", f"{search.seconds:.1f} s"),
        ("a raw image's work", f"{search.flops / raw:.1f}\u00d7" if raw else "\u2013"),
    )
    stem = "-".join(run.prompt.lower().split())[:48]
    filename = "".join(c for c in stem if c.isalnum() or c == "-") or "picture"
    end = Ending(
        run.prompt, name, float(scores[best]), session.cache[key], f"{filename}-{run.seed}.png", tuple(line), others, facts, hand
    )
    return stage_html(ending_html(end), run=session.id, at=node.state.id, kind="final")


def _costs(session: Session, node_id: str) -> tuple[StepCost, StepCost, StepCost, float]:
    """Search so far, looking so far, this scale's search, and the FLOPs of one candidate alone."""
    search, looking, last, raw = StepCost(), StepCost(), StepCost(), 0.0
    for node in session.path(node_id):
        if node.result is None:
            continue
        search, looking, last = search + node.search_cost, looking + node.look_cost, node.search_cost
        part = node.search_cost.parts.get("transformer")
        raw += part.flops / len(node.result.grown) if part else 0.0
    return search, looking, last, raw


def clustering_vectors(session: Session, node_id: str) -> np.ndarray:
    """What k-means saw, or the flattened features where nothing was clustered: float [B, F]."""
    node = session.node(node_id)
    if node.seen.clustering_input is not None:
        return array(node.seen.clustering_input).reshape(len(array(node.seen.images)), -1)
    features = array(node.seen.features)
    return features.reshape(len(features), -1)
