"""The whole page at a node: one value for every custom view."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from ttsvar.engine.history import Node
from ttsvar.types import Run

from ..guide.gallery import gallery_html, story_html
from ..guide.glossary import annotate
from ..guide.recorded import offered
from ..panels.board.bar import bar_html, stage_html
from ..panels.board.view import board_html, columns
from ..panels.cost.model import bill, costs
from ..panels.cost.view import cost_html, facts_html
from ..panels.ending.view import Ancestor, Ending, ending_html, welcome_html
from ..panels.features.view import features_html, layer
from ..panels.lineage.branches import branches_html
from ..panels.lineage.view import Column, lineage_html
from ..panels.resampling.view import resampling_html
from ..panels.scores.view import scores_html
from ..panels.stepper.view import stepper_html
from ..scene import sentences as words
from ..scene.frame import array, build_frame, pictures
from ..scene.pictures import picture_uri, png_uri
from ..scene.verdicts import verdict_html, verdict_of
from ..session import walk as rivers
from ..session.branches import LONGEST_NAME
from ..session.session import Session
from ..session.shown import BEST_PNG, SURVIVORS
from .header import header_html
from .text import signed

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
    facts: str
    here: tuple[str, str] | None

    def values(self) -> tuple[Any, ...]:
        """The values as the event handlers return them."""
        return (
            self.header, self.stepper, annotate(self.stage), self.lineage, annotate(self.features),
            annotate(self.resampling), annotate(self.scores), annotate(self.cost), annotate(self.facts), self.here,
        )  # fmt: skip


def welcome(engine: Any, strip: str, note: str = "") -> View:
    """The page before the first run."""
    lost = f'<p class="err" role="alert">{note}</p>' if note else ""
    stage = stage_html(lost + welcome_html(len(engine.schedule), gallery_html(offered(engine))), kind="hello")
    return View(
        header_html(engine.name, str(engine.device).upper()), strip, stage, "", EMPTY, EMPTY, EMPTY, EMPTY, "", None
    )


def opening(session: Session, strip: str) -> View:
    """The page while the first scale of a run is drawn: empty places, and what is being done."""
    engine, run = session.engine, session.run
    places = "<i></i>" * min(run.batch[0], 16)
    inside = (
        f'<div class="say"><div><h2>{escape(run.prompt)}</h2><p>The first scale is being drawn.</p></div></div>'
        f'<div class="board n{columns(run.batch[0])} places" aria-hidden="true">{places}</div>'
        + bar_html(last=False, decision_ahead=True)
    )
    stage = stage_html(inside, run=session.id, at=session.current, busy="Drawing scale 0", kind="opening")
    head = header_html(engine.name, str(engine.device).upper(), session.id, session.current)
    return View(head, strip, stage, "", EMPTY, EMPTY, EMPTY, EMPTY, "", None)


def show(session: Session, node_id: str, *, busy: str = "", error: str = "") -> View:
    """The page at a grown or finished node."""
    node = session.history.node(node_id)
    above = session.history.parent(node_id)
    columns = rivers.columns(session, node_id)
    stage = _ending(session, node, columns) if node.state.done else _board(session, node_id, busy, error)
    engine, run = session.engine, session.run
    cost = costs(session, node_id)
    scales = len(run.schedule)
    shown = node_id if above is None or node.result is not None else above.state.id
    frame = build_frame(session, shown)
    branches = branches_html(rivers.branches(session, node_id), scales, LONGEST_NAME)
    past = [c for c in columns if c.scale <= node.state.scale]
    return View(
        header_html(engine.name, str(engine.device).upper(), session.id, node_id),
        stepper_html(rivers.cells(session, node_id)),
        stage,
        lineage_html(columns, scales, node.state.scale, branches),
        features_html(frame, run.search.extractor),
        resampling_html(frame),
        scores_html(past, scales, node.state.scale),
        cost_html(bill(session, node_id)),
        facts_html(cost.search, cost.last, engine.raw_flops(run)),
        (session.id, shown),
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
    over = layer(run.search.extractor)
    inside = story_html(session) + board_html(frame, words.title(frame), text, prompt=run.prompt, layer=over)
    ahead = any(k > frame.scale for k, _, _ in plan)
    inside += bar_html(last=frame.last, decision_ahead=ahead, error=error)
    kind = frame.decision or "free"
    return stage_html(
        inside, run=session.id, at=node_id, busy=busy, kind=f"board {kind}", keep=frame.keep, scale=frame.scale
    )


def _ending(session: Session, node: Node, columns: list[Column]) -> str:
    run = session.run
    best = rivers.best_row(session, node.state.id)
    scores = array(session.finished(node.state.id, pictures=False).scores)
    png = session.shown(node.state.id, BEST_PNG, lambda: png_uri(session.engine.best(node.state)))
    line = []
    for column in columns:
        winner = next((d for d in column.dots if d.winner), None)
        if winner is not None:
            grown = session.history.node(column.target)
            uri = pictures(session, grown)[0][column.dots.index(winner)]
            decision = run.search.decision(column.scale)
            line.append(Ancestor(column.scale, winner.name, uri, column.target, winner.reward, decision))
    small = session.shown(node.state.id, SURVIVORS, lambda: _small(session, node.state.id))
    others = tuple((c, small[i], float(scores[i])) for i, c in enumerate(node.state.candidate_ids) if i != best)
    path = session.history.path(node.state.id)
    hand = sum(1 for n in path if n.selection is not None and n.selection.source == "user")
    search = costs(session, node.state.id).search
    raw = session.engine.raw_flops(run)
    facts = (
        ("reward", signed(float(scores[best]))),
        ("search", f"{search.seconds:.1f} s"),
        ("of a raw image", f"{search.flops / raw:.1f}\u00d7" if raw else "\u2013"),
    )
    end = Ending(
        run.prompt,
        node.state.candidate_ids[best],
        float(scores[best]),
        png,
        f"{file_stem(run)}.png",
        tuple(line),
        others,
        facts,
        hand,
        len(rivers.branches(session, node.state.id)),
        verdict_html(*verdict_of(session, node.state.id)),
    )
    return stage_html(story_html(session) + ending_html(end), run=session.id, at=node.state.id, kind="final")


def file_stem(run: Run) -> str:
    """Prompt and seed as a file name without its ending."""
    stem = "-".join(run.prompt.lower().split())[:48]
    return f"{''.join(c for c in stem if c.isalnum() or c == '-') or 'picture'}-{run.seed}"


def _small(session: Session, state_id: str) -> list[str]:
    return [picture_uri(pixels, 128) for pixels in array(session.finished(state_id).images)]
